/**
 * The findings of one round of review as one list: what several angles say about the same fault in other words is one finding, by the
 * same fusion that makes one claim of a panel's reports. Pure.
 */
import type { AngleReview, Finding } from '../../domain/finding.js';
import { distinctFindings, mergeFindings } from '../../domain/gate.js';
import { DEFAULT_FUSION_MODEL } from '../fusion/default-model.js';
import { fuseReports } from '../fusion/fuse.js';
import type { Report } from '../fusion/report.js';

export interface RoundFinding {
  readonly finding: Finding;
  readonly isFact: boolean;
  /** Ids of what was joined to it. */
  readonly aliases: readonly string[];
}

export function fuseAngles(reviews: readonly AngleReview[]): readonly RoundFinding[] {
  const findings = distinctFindings(reviews);
  const reports = findings.map((finding): Report & { readonly finding: Finding } => ({
    ...{ by: finding.angles[0] ?? '', text: finding.issue, file: finding.file, line: finding.line },
    ...{ category: finding.category, severity: finding.severity, isFact: isFact(finding, reviews), finding },
  }));
  return fuseReports(reports, DEFAULT_FUSION_MODEL)
    .flatMap(({ reports: alike }) => joinReports(alike))
    .sort((a, b) => (a.finding.id < b.finding.id ? -1 : 1));
}

/** An angle that names two faults means two: only what no angle of the first one names by itself is the same. */
function joinReports(alike: readonly (Report & { readonly finding: Finding })[]): readonly RoundFinding[] {
  const joined: { finding: Finding; isFact: boolean; aliases: readonly string[] }[] = [];
  for (const { finding, isFact: fact = false } of [...alike].sort((a, b) => Number(b.isFact) - Number(a.isFact))) {
    const home = joined.find((each) => !each.finding.angles.some((angle) => finding.angles.includes(angle)));
    if (home === undefined) {
      joined.push({ finding, isFact: fact, aliases: [] });
      continue;
    }
    // What points into the diff is the better place to be sent to.
    const isBetter = finding.grounded && !home.finding.grounded && !home.isFact;
    const [lead, other] = isBetter ? [finding, home.finding] : [home.finding, finding];
    home.aliases = [...home.aliases, other.id];
    home.finding = mergeFindings(lead, other);
    home.isFact ||= fact;
  }
  return joined;
}

/** Whether an analyzer of the panel is among those who report it. */
function isFact({ reportedBy }: Finding, reviews: readonly AngleReview[]): boolean {
  const analyzers = reviews.flatMap(({ panelists }) => panelists.filter(({ kind }) => kind === 'analyzer'));
  return analyzers.some(({ name }) => reportedBy.some((by) => isReportOf(by, name)));
}

/** `by`: a panelist's name, or its name and a rule (`eslint/no-eval`). */
export function isReportOf(by: string, panelist: string): boolean {
  return by === panelist || by.startsWith(`${panelist}/`);
}
