/**
 * Fusion: from what many reviewers say about one change to one ranked list of faults. The report that most speaks for is taken
 * first; each one taken makes reports like it less new, and so on to the end. Nothing is judged by a model, and the same reports
 * give the same list in whichever order reviewers were done.
 */
import { evidenceSignals } from './evidence.js';
import type { FusionModel } from './fusion-model.js';
import { likenessOf } from './likeness.js';
import type { Likeness } from './likeness.js';
import { estimate } from './linear-model.js';
import type { FusedReport, Report } from './report.js';

export interface FusionOptions {
  /** Reviewers whose reports may open a finding; the others only agree. Default: all. */
  readonly openers?: ReadonlySet<string>;
}

/** From this likeness on, a report is one more voice for a finding that stands. */
const SAME = 0.5;
/** From this one on, it opens none of its own. */
const SURELY_SAME = 0.65;
/** How much a report that surely repeats a finding loses: more than all, because likeness is said with caution. */
const REPEATED = 1.3;
/** What is left of a report that is surely a repetition: it comes last, and is not lost. */
const LEFT = 0.02;

export function fuseReports<R extends Report>(
  given: readonly R[],
  model: FusionModel,
  { openers }: FusionOptions = {},
): readonly FusedReport<R>[] {
  const reports = inOneOrder(given);
  const likeness = likenessOf(reports, model.pairs);
  const truth = evidenceSignals(reports, likeness, model).map((signals) => estimate(model.evidence, signals));
  const shown = rank(reports, truth, likeness, openers).filter(({ score }) => score >= model.minimumScore);
  const homes = new Map(shown.map(({ at }) => [at, [at]]));
  for (const at of reports.keys()) {
    const home = homes.has(at) ? undefined : closest(likeness[at] ?? [], [...homes.keys()]);
    if (home !== undefined) homes.get(home)?.push(at);
  }
  return shown.flatMap(({ at, score }) => {
    const all = (homes.get(at) ?? []).flatMap((member) => reports[member] ?? []);
    const [lead] = all;
    return lead === undefined ? [] : [{ lead, reports: all, by: [...new Set(all.map(({ by }) => by))].sort(), score }];
  });
}

interface Ranked {
  readonly at: number;
  readonly score: number;
}

/** Findings by falling score. A report that is surely one of these already opens none. */
function rank(
  reports: readonly Report[],
  truth: readonly number[],
  likeness: Likeness,
  openers: ReadonlySet<string> | undefined,
): readonly Ranked[] {
  const left = new Set([...reports.keys()].filter((at) => openers?.has(reports[at]?.by ?? '') ?? true));
  const novelty = reports.map(() => 1);
  // A fact comes before all that is said by anybody else, so that no other wording takes its place.
  const scoreOf = (at: number) => (reports[at]?.isFact === true ? 1 : (truth[at] ?? 0) * (novelty[at] ?? 0));
  const ranked: Ranked[] = [];
  while (left.size > 0) {
    let best = -1;
    for (const at of left) if (best === -1 || scoreOf(at) > scoreOf(best)) best = at;
    left.delete(best);
    if (ranked.some(({ at }) => (likeness[best]?.[at] ?? 0) >= SURELY_SAME)) continue;
    ranked.push({ at: best, score: scoreOf(best) });
    for (const at of left)
      novelty[at] = (novelty[at] ?? 0) * Math.max(LEFT, 1 - REPEATED * (likeness[at]?.[best] ?? 0));
  }
  return ranked;
}

/** The finding that a report most likely repeats. */
function closest(row: readonly number[], findings: readonly number[]): number | undefined {
  let home: number | undefined;
  for (const at of findings) if ((row[at] ?? 0) >= SAME && (row[at] ?? 0) > (row[home ?? -1] ?? 0)) home = at;
  return home;
}

/** By reviewer, and as each of them had it: what was done first must decide nothing. */
function inOneOrder<R extends Report>(reports: readonly R[]): readonly R[] {
  return [...reports].sort((a, b) => (a.by < b.by ? -1 : a.by > b.by ? 1 : 0));
}
