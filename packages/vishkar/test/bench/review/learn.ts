/**
 * Teaches fusion from labelled changes: when two reports are one, how often each reviewer is right, which words right reports use,
 * and from which score on a finding is worth showing. Whoever reports on a change must not have learned from it.
 */
import { DEFAULT_FUSION_MODEL } from '../../../src/review/fusion/default-model.js';
import { evidenceSignals } from '../../../src/review/fusion/evidence.js';
import { fuseReports } from '../../../src/review/fusion/fuse.js';
import type { FusionOptions } from '../../../src/review/fusion/fuse.js';
import type { FusionModel } from '../../../src/review/fusion/fusion-model.js';
import { isSettled, likenessOf, pairSignals } from '../../../src/review/fusion/likeness.js';
import { readReport } from '../../../src/review/fusion/report-text.js';
import { fit } from './fit.js';
import type { Example } from './fit.js';
import type { LabelledChange, LabelledReport } from './labelled-change.js';
import { faultsFound } from './score.js';

export interface LearnOptions extends FusionOptions {
  /** As many findings are shown as keep this precision on changes that were held back. */
  readonly precision: number;
}

/** Changes are held back in this many parts while the score to show from is sought. */
const PARTS = 5;
/** Reports that a reviewer is taken to have made before, with the usual precision. */
const PRIOR_REPORTS = 10;
/** A word counts from this many changes on: below, it is the vocabulary of one. */
const WORD_CHANGES = 5;
const PRIOR_WORDS = 4;

export function learn(changes: readonly LabelledChange[], options: LearnOptions): FusionModel {
  return { ...learnWeights(changes, options), minimumScore: scoreToShow(changes, options) };
}

function learnWeights(changes: readonly LabelledChange[], { openers }: FusionOptions): FusionModel {
  const reports = changes.flatMap((change) => change.reports);
  const usualPrecision = shareOf(reports, 0.3);
  const examples = changes.flatMap(pairExamples);
  // Nobody found anything here: what has been learned elsewhere has to do.
  const pairs = examples.length === 0 ? DEFAULT_FUSION_MODEL.pairs : fit(examples, 0.3);
  const model = {
    pairs,
    evidence: { bias: 0, weights: [], means: [], deviations: [] },
    usualPrecision,
    precisionOf: Object.fromEntries(
      [...new Set(reports.map(({ by }) => by))].sort().map((by) => [
        by,
        shareOf(
          reports.filter((each) => each.by === by),
          usualPrecision,
        ),
      ]),
    ),
    words: wordWeights(changes),
    minimumScore: 0,
  };
  const witnesses = changes.flatMap((change) => {
    // Its own words must not speak for it: the weights are those that all other changes give.
    const words = wordWeights(changes.filter((each) => each !== change));
    const sorted = [...change.reports].sort((a, b) => (a.by < b.by ? -1 : a.by > b.by ? 1 : 0));
    const signals = evidenceSignals(sorted, likenessOf(sorted, pairs), { ...model, words });
    return sorted.flatMap((report, at): readonly Example[] =>
      openers?.has(report.by) === false ? [] : [{ signals: signals[at] ?? [], isTrue: report.finds.length > 0 }],
    );
  });
  return { ...model, evidence: fit(witnesses) };
}

/** Two reports of which at least one is of a fault: what two false ones have in common is not known. */
function pairExamples(change: LabelledChange): readonly Example[] {
  const known = examplesOf.get(change);
  if (known !== undefined) return known;
  const { reports } = change;
  const examples = pairSignals(reports).flatMap((row, i) =>
    row.flatMap((signals, j): readonly Example[] => {
      const [a, b] = [reports[i]?.finds ?? [], reports[j]?.finds ?? []];
      const [left, right] = [reports[i], reports[j]];
      const isKnown = left !== undefined && right !== undefined && isSettled(left, right) !== undefined;
      return isKnown || (a.length === 0 && b.length === 0)
        ? []
        : [{ signals, isTrue: a.some((fault) => b.includes(fault)) }];
    }),
  );
  examplesOf.set(change, examples);
  return examples;
}

/** They depend on the change alone, and each change is learned from many times. */
const examplesOf = new WeakMap<LabelledChange, readonly Example[]>();

function shareOf(reports: readonly LabelledReport[], usual: number): number {
  const right = reports.filter(({ finds }) => finds.length > 0).length;
  return (right + usual * PRIOR_REPORTS) / (reports.length + PRIOR_REPORTS);
}

/** Naive Bayes: log odds per word, held near 0 where it is rare. */
function wordWeights(changes: readonly LabelledChange[]): Readonly<Record<string, number>> {
  const counts = new Map<string, { right: number; wrong: number; changes: number }>();
  let [right, wrong] = [0, 0];
  for (const { reports } of changes) {
    const here = new Set<string>();
    for (const { text, finds } of reports) {
      if (finds.length > 0) right += 1;
      else wrong += 1;
      for (const word of wordsOf(text)) {
        const count = counts.get(word) ?? { right: 0, wrong: 0, changes: 0 };
        counts.set(word, count);
        if (finds.length > 0) count.right += 1;
        else count.wrong += 1;
        if (!here.has(word)) count.changes += 1;
        here.add(word);
      }
    }
  }
  const share = right / Math.max(1, right + wrong);
  return Object.fromEntries(
    [...counts]
      .filter(([, count]) => count.changes >= WORD_CHANGES)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([word, count]) => [
        word,
        Math.log((count.right + PRIOR_WORDS * share) / (right + PRIOR_WORDS)) -
          Math.log((count.wrong + PRIOR_WORDS * (1 - share)) / (wrong + PRIOR_WORDS)),
      ]),
  );
}

const wordsBy = new Map<string, ReadonlySet<string>>();

/** Each text is read many times over while words are counted. */
function wordsOf(text: string): ReadonlySet<string> {
  const words = wordsBy.get(text) ?? readReport(text).words;
  wordsBy.set(text, words);
  return words;
}

/** The lowest score down to which findings on held-back changes keep the precision; 1 when none does. */
function scoreToShow(changes: readonly LabelledChange[], { precision, ...options }: LearnOptions): number {
  const scored = Array.from({ length: PARTS }, (_, part) => part).flatMap((part) => {
    const isHeldBack = (_: unknown, at: number) => at % PARTS === part;
    const model = learnWeights(
      changes.filter((_, at) => !isHeldBack(_, at)),
      options,
    );
    return changes.filter(isHeldBack).flatMap((change) => {
      const fused = fuseReports(change.reports, model, options);
      return fused.map(({ reports, score }, at) => {
        const before = fused.slice(0, at).map((each) => each.reports);
        return { score, isNew: faultsFound([...before, reports]) > faultsFound(before) };
      });
    });
  });
  scored.sort((a, b) => b.score - a.score);
  let lowest = 1;
  let right = 0;
  for (const [at, { score, isNew }] of scored.entries()) {
    if (isNew) right += 1;
    if (right / (at + 1) >= precision) lowest = score;
  }
  return lowest;
}
