/** Scores the set of this repository: analyzers, recorded panel, plain union and fusion, taught by one half, on the other. */
import { fuseReports } from '../../../src/review/fusion/fuse.js';
import type { FusionModel } from '../../../src/review/fusion/fusion-model.js';
import { analyzerReports } from './analyzer-reports.js';
import { halfOf } from './labelled-change.js';
import type { LabelledChange, LabelledReport } from './labelled-change.js';
import { readPlantedChanges } from './labelled-set.js';
import { learn } from './learn.js';
import type { Row } from './outside-table.js';
import { scoreOf } from './score.js';
import type { Found } from './score.js';

/** Shown findings keep this precision on held-back changes: of five that a person reads, one may be wrong. */
const PRECISION = 0.8;

export interface PlantedScores {
  readonly rows: readonly Row[];
  readonly changes: {
    readonly tuning: number;
    readonly report: number;
    readonly clean: number;
    readonly languages: number;
  };
  readonly unavailable: readonly string[];
  readonly model: FusionModel;
}

export async function plantedScores(): Promise<PlantedScores> {
  const planted = readPlantedChanges();
  const changes: LabelledChange[] = [];
  const unavailable = new Set<string>();
  for (const each of planted) {
    const analyzed = await analyzerReports(each);
    for (const reason of analyzed.unavailable) unavailable.add(reason);
    const said = each.says.map(({ isOfFault, ...report }): LabelledReport => ({
      ...report,
      finds: isOfFault ? [each.id] : [],
    }));
    changes.push({
      id: each.id,
      faults: each.fault === undefined ? [] : [each.id],
      reports: [...said, ...analyzed.reports],
    });
  }
  const tuning = changes.filter(({ id }) => halfOf(id) === 'tuning');
  const report = changes.filter(({ id }) => halfOf(id) === 'report');
  const model = learn(tuning, { precision: PRECISION });
  const single = (keep: (report: LabelledReport) => boolean) => (change: LabelledChange) =>
    change.reports.filter(keep).map((each): Found => [each]);
  const row = (name: string, find: (change: LabelledChange) => readonly Found[]): Row => ({
    name,
    score: scoreOf(report.map((change) => ({ change, found: find(change) }))),
  });
  const panelists = [...new Set(planted.flatMap(({ says }) => says.map(({ by }) => by)))].sort();
  return {
    rows: [
      row(
        'analyzers alone',
        single(({ isFact }) => isFact === true),
      ),
      ...panelists.map((name) =>
        row(
          `panelist "${name}" alone`,
          single(({ by }) => by === name),
        ),
      ),
      row(
        'panel alone (plain union of its members)',
        single(({ isFact }) => isFact !== true),
      ),
      row(
        'plain union of panel and analyzers',
        single(() => true),
      ),
      row('fusion', (change) => fuseReports(change.reports, model).map((fused) => fused.reports)),
      row('fusion, nothing hidden', (change) =>
        fuseReports(change.reports, { ...model, minimumScore: 0 }).map((fused) => fused.reports),
      ),
    ],
    changes: {
      tuning: tuning.length,
      report: report.length,
      clean: changes.filter(({ faults }) => faults.length === 0).length,
      languages: new Set(planted.map(({ language }) => language)).size,
    },
    unavailable: [...unavailable].sort(),
    model,
  };
}
