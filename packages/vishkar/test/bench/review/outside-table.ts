/** Scores an outside set: each tool, the plain union, and fusion, every change by what the other half taught. */
import { fuseReports } from '../../../src/review/fusion/fuse.js';
import type { FusionModel } from '../../../src/review/fusion/fusion-model.js';
import { halfOf } from './labelled-change.js';
import type { Half, LabelledChange } from './labelled-change.js';
import { learn } from './learn.js';
import { scoreOf } from './score.js';
import type { Found, Score } from './score.js';

export interface OutsideOptions {
  /** Tools whose reports open findings; the others agree or not. Default: all tools. */
  readonly panel: readonly string[] | undefined;
  readonly precision: number;
}

export interface Row {
  readonly name: string;
  readonly score: Score;
}

const OTHER: Readonly<Record<Half, Half>> = { tuning: 'report', report: 'tuning' };

export function outsideRows(changes: readonly LabelledChange[], { panel, precision }: OutsideOptions): readonly Row[] {
  const tools = [...new Set(changes.flatMap(({ reports }) => reports.map(({ by }) => by)))].sort();
  const openers = new Set(panel ?? tools);
  const unionOf = (names: ReadonlySet<string>) => (change: LabelledChange) =>
    change.reports.filter(({ by }) => names.has(by)).map((report): Found => [report]);
  const inHalf = (half: Half) => changes.filter(({ id }) => halfOf(id) === half);
  const models: Readonly<Record<Half, FusionModel>> = {
    tuning: learn(inHalf('report'), { openers, precision }),
    report: learn(inHalf('tuning'), { openers, precision }),
  };
  const fused = (change: LabelledChange) => fuseReports(change.reports, models[halfOf(change.id)], { openers });
  const row = (
    name: string,
    over: readonly LabelledChange[],
    find: (change: LabelledChange) => readonly Found[],
  ): Row => ({
    name,
    score: scoreOf(over.map((change) => ({ change, found: find(change) }))),
  });
  return [
    ...tools.map((tool) => row(tool, changes, unionOf(new Set([tool])))),
    row(`union of all ${String(tools.length)}`, changes, unionOf(new Set(tools))),
    row(`union of ${[...openers].join(', ')}`, changes, unionOf(openers)),
    row('fusion, all changes', changes, (change) => fused(change).map(({ reports }) => reports)),
    row('fusion, by its lead alone', changes, (change) => fused(change).map(({ lead }) => [lead])),
    ...(['tuning', 'report'] as const).map((half) =>
      row(`fusion of the ${half} half, taught by the ${OTHER[half]} half`, inHalf(half), (change) =>
        fused(change).map(({ reports }) => reports),
      ),
    ),
  ];
}
