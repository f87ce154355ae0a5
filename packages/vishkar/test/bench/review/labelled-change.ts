/**
 * What fusion is scored and taught on: changes with the faults that are in them, and what reviewers reported. Both the set of this
 * repository and outside sets are read into this form.
 */
import { createHash } from 'node:crypto';
import type { Report } from '../../../src/review/fusion/report.js';

export interface LabelledReport extends Report {
  /** Faults of the change that this report is of, by their id. */
  readonly finds: readonly string[];
}

export interface LabelledChange {
  readonly id: string;
  readonly faults: readonly string[];
  readonly reports: readonly LabelledReport[];
}

export type Half = 'tuning' | 'report';

/** Fixed by the id alone, so that nobody chooses what lands where. */
export function halfOf(id: string): Half {
  return createHash('sha256').update(id).digest().readUInt8(3) % 2 === 0 ? 'tuning' : 'report';
}
