/**
 * What fusion takes in and gives back: reports of reviewers of any kind (analyzers, models, people), in their own words, with or
 * without a place. Pure data; who the reviewers are is known only by name.
 */
import type { Severity } from '../../domain/finding.js';

export interface Report {
  /** The reviewer's name. */
  readonly by: string;
  /** What is wrong, in the reviewer's words. */
  readonly text: string;
  readonly file?: string;
  /** 1-based at the head; absent or 0: the whole file. */
  readonly line?: number;
  /** Kebab-case kind of fault. */
  readonly category?: string;
  readonly severity?: Severity;
  /** Found by a rule that runs in code, so that nobody has to agree. */
  readonly isFact?: boolean;
}

/** One fault, as all who report it see it. */
export interface FusedReport<R extends Report = Report> {
  /** The report whose wording stands. */
  readonly lead: R;
  /** Every report of this fault, the lead first. */
  readonly reports: readonly R[];
  /** Reviewers who report it, sorted. */
  readonly by: readonly string[];
  /** 0 to 1: how likely it is that this is a fault, and one that no finding before it has named. */
  readonly score: number;
}
