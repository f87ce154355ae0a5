/** The story's search attributes: what lists of workflows are filtered by. */
import { defineSearchAttributeKey } from '@temporalio/common';
import { upsertSearchAttributes } from '@temporalio/workflow';
import { stepOf } from '../domain/step.js';
import type { StepId } from '../domain/step.js';
import { SEARCH_ATTRIBUTES } from '../domain/wire-names.js';

const keyword = (name: string) => defineSearchAttributeKey(name, 'KEYWORD');

export class StoryIndex {
  readonly #key: string;
  readonly #project: string;
  #indexed = '';

  constructor(key: string, project: string) {
    this.#key = key;
    this.#project = project;
  }

  /** Attributes change only when what they say changes: each upsert is an event of history. */
  update(current: StepId, state: string): void {
    const { phase } = stepOf(current);
    const step = phase === 'review' ? 'review' : current;
    const indexed = `${step} ${state}`;
    if (indexed === this.#indexed) return;
    this.#indexed = indexed;
    upsertSearchAttributes([
      { key: keyword(SEARCH_ATTRIBUTES.story), value: this.#key },
      { key: keyword(SEARCH_ATTRIBUTES.project), value: this.#project },
      { key: keyword(SEARCH_ATTRIBUTES.step), value: step },
      { key: keyword(SEARCH_ATTRIBUTES.phase), value: phase },
      { key: keyword(SEARCH_ATTRIBUTES.state), value: state },
    ]);
  }
}
