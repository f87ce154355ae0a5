/**
 * What speaks for a report, as numbers: who else says so and how often they are right, how often its own maker is right, how it is
 * worded, and how much its maker says at all. No signal is a model's opinion of itself.
 */
import { precisionOf, wordEvidence } from './fusion-model.js';
import type { FusionModel } from './fusion-model.js';
import type { Likeness } from './likeness.js';
import { toneOf } from './report-text.js';
import type { Report } from './report.js';

/** More of the same word adds nothing. */
const AT_MOST = 4;

export type EvidenceModel = Pick<FusionModel, 'precisionOf' | 'usualPrecision' | 'words'>;

/** Signals by report, in their order. */
export function evidenceSignals(
  reports: readonly Report[],
  likeness: Likeness,
  model: FusionModel,
): readonly (readonly number[])[] {
  const said = new Map<string, number>();
  return reports.map((report, i) => {
    const position = said.get(report.by) ?? 0;
    said.set(report.by, position + 1);
    const { voices, weight, doubt } = agreement(reports, i, likeness[i] ?? [], model);
    const own = precisionOf(model, report.by);
    const { hedges, nits, damage, quotes } = toneOf(report.text);
    return [
      Math.log(1 + voices),
      weight,
      Math.log(doubt),
      Math.log(own / (1 - own)),
      Math.min(AT_MOST, hedges),
      Math.min(AT_MOST, nits),
      Math.min(AT_MOST, damage),
      Math.min(AT_MOST, quotes),
      Math.log(1 + report.text.length / 100),
      Math.log(1 + position),
      Math.log(1 + reports.filter(({ by }) => by === report.by).length),
      Math.log(reports.length),
      wordEvidence(report.text, model.words),
    ];
  });
}

/** Each other reviewer has one voice, as loud as its closest report is like this one. */
function agreement(reports: readonly Report[], own: number, row: readonly number[], model: FusionModel) {
  const closest = new Map<string, number>();
  for (const [at, { by }] of reports.entries())
    if (by !== reports[own]?.by) closest.set(by, Math.max(closest.get(by) ?? 0, row[at] ?? 0));
  let [voices, weight, doubt] = [0, 0, 1];
  for (const [by, likeness] of closest) {
    const precision = precisionOf(model, by);
    voices += likeness;
    weight += likeness * precision;
    doubt *= 1 - likeness * precision;
  }
  return { voices, weight, doubt };
}
