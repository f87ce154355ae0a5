/**
 * What fusion has learned, as numbers: when two reports are one, how often each reviewer is right, which words right reports use.
 * Learned on labelled reviews (test/bench/review), never on what is being reviewed.
 */
import type { LinearModel } from './linear-model.js';
import { readReport } from './report-text.js';

export interface FusionModel {
  /** Whether two reports speak of one fault (signals: likeness.ts). */
  readonly pairs: LinearModel;
  /** Whether a report is of a fault (signals: evidence.ts). */
  readonly evidence: LinearModel;
  /** Share of a reviewer's reports that were of faults, 0 to 1, smoothed. */
  readonly precisionOf: Readonly<Record<string, number>>;
  /** The same for reviewers that it does not know. */
  readonly usualPrecision: number;
  /** Log odds that a word adds, by its stem. */
  readonly words: Readonly<Record<string, number>>;
  /** Findings that score less are not shown; 0 shows all. */
  readonly minimumScore: number;
}

export function precisionOf({ precisionOf: known, usualPrecision }: FusionModel, reviewer: string): number {
  return Object.hasOwn(known, reviewer) ? (known[reviewer] ?? usualPrecision) : usualPrecision;
}

/** What the words of a text speak for, by the root of their number, because they are not independent of each other. */
export function wordEvidence(text: string, weights: Readonly<Record<string, number>>): number {
  const words = [...readReport(text).words].sort();
  const total = words.reduce((sum, word) => sum + (Object.hasOwn(weights, word) ? (weights[word] ?? 0) : 0), 0);
  return total / Math.sqrt(1 + words.length);
}
