/**
 * The story's ledger of findings inside the workflow: each round of review is settled against it by an activity, and people's words
 * about single findings are written into it at any time. A word that comes while a round is being settled is not lost.
 */
import { ApplicationFailure } from '@temporalio/workflow';
import type { Finding } from '../domain/finding.js';
import { decideFinding, EMPTY_LEDGER, findTracked, openFindings } from '../domain/finding-ledger.js';
import type { FindingDecision, FindingLedger } from '../domain/finding-ledger.js';
import { isBlocking } from '../domain/gate.js';

export class FindingsBook {
  readonly #decisions: FindingDecision[] = [];
  #ledger = EMPTY_LEDGER;

  get ledger(): FindingLedger {
    return this.#ledger;
  }

  get open(): Finding[] {
    return openFindings(this.#ledger);
  }

  /** After a round of review. `ask`: gives the ledger after it, from the one before. */
  async settle(ask: (ledger: FindingLedger) => Promise<FindingLedger>): Promise<FindingLedger> {
    const decided = this.#decisions.length;
    const ledger = await ask(this.#ledger);
    return (this.#ledger = this.#decisions.slice(decided).reduce(decideFinding, ledger));
  }

  /** Returns, in a sentence, what that changes. Throws ApplicationFailure `NOT_NOW` for a finding that nobody has reported. */
  decide(decision: FindingDecision): string {
    const entry = this.requireKnown(decision.id);
    const isBlocker = entry.state === 'open' && isBlocking(entry.finding);
    this.#decisions.push(decision);
    this.#ledger = decideFinding(this.#ledger, decision);
    return `${entry.finding.id} is ${decision.verdict}${isBlocker ? ' and blocks no longer' : ''}`;
  }

  requireKnown(id: string) {
    const entry = findTracked(this.#ledger, id);
    if (entry === undefined)
      throw ApplicationFailure.nonRetryable(`no review of this story has a finding ${id}`, 'NOT_NOW');
    return entry;
  }

  /** A person lets the story go on with what blocks it. */
  acceptBlocking(by: string, reason: string): void {
    for (const { id } of this.open.filter(isBlocking)) this.decide({ id, verdict: 'accepted', by, reason });
  }
}
