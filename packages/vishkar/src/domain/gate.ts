/**
 * The gates: pure functions from evidence to a verdict. They fail closed: no report, no tests or an angle that did
 * not run is a failed gate, whatever else looks well.
 */
import { ANGLES, SEVERITIES } from './finding.js';
import type { Angle, AngleReview, Finding, Severity } from './finding.js';
import type { ChecksReport } from './pull-request.js';
import type { TestReport } from './test-report.js';

export interface GateVerdict {
  readonly passed: boolean;
  /** Why not, one sentence each; empty when passed. */
  readonly reasons: readonly string[];
}

const verdict = (reasons: readonly string[]): GateVerdict => ({ passed: reasons.length === 0, reasons });

const BLOCKING: ReadonlySet<Severity> = new Set(['critical', 'high']);

/** Critical and high findings block, when they are grounded in the diff. */
export function isBlocking(finding: Finding): boolean {
  return finding.grounded && BLOCKING.has(finding.severity);
}

export function countBySeverity(findings: readonly Finding[]): Record<Severity, number> {
  const counts: Record<Severity, number> = { critical: 0, high: 0, medium: 0, low: 0 };
  for (const finding of findings) if (finding.grounded) counts[finding.severity] += 1;
  return counts;
}

/** One finding per id, the first angle's wording; the angles that also report it are merged. */
export function distinctFindings(reviews: readonly AngleReview[]): Finding[] {
  const byId = new Map<string, Finding>();
  for (const finding of reviews.flatMap((review) => review.findings)) {
    const known = byId.get(finding.id);
    byId.set(finding.id, known === undefined ? finding : mergeFindings(known, finding));
  }
  const rank = (finding: Finding) => SEVERITIES.indexOf(finding.severity);
  return [...byId.values()].sort((a, b) => rank(a) - rank(b) || a.id.localeCompare(b.id));
}

/** Two reports of one fault: the first one's words, the graver severity, everybody who says so. */
export function mergeFindings(known: Finding, other: Finding): Finding {
  return {
    ...known,
    severity: SEVERITIES[Math.min(SEVERITIES.indexOf(known.severity), SEVERITIES.indexOf(other.severity))] ?? 'high',
    grounded: known.grounded || other.grounded,
    reportedBy: [...new Set([...known.reportedBy, ...other.reportedBy])].sort(),
    angles: ANGLES.filter((angle) => known.angles.includes(angle) || other.angles.includes(angle)),
  };
}

/**
 * Step 7: no critical and no high finding, all four angles looked at the same head, and each had someone who could look.
 * `open`: what of the findings is open; default all of these reviews.
 */
export function qualityGate(
  reviews: readonly AngleReview[],
  headSha: string,
  open: readonly Finding[] = distinctFindings(reviews),
): GateVerdict {
  const reasons: string[] = [];
  for (const angle of ANGLES) {
    const review = reviews.find((candidate) => candidate.angle === angle);
    if (!review) reasons.push(`the ${angle} review is missing`);
    else if (review.headSha !== headSha)
      reasons.push(`the ${angle} review looked at ${review.headSha}, not at ${headSha}`);
    else if (!review.panelists.some((panelist) => panelist.status === 'ran'))
      reasons.push(`no panelist of the ${angle} review could run`);
  }
  for (const finding of open.filter(isBlocking))
    reasons.push(`${finding.severity}: ${finding.issue} (${finding.file}:${String(finding.line)}, ${finding.id})`);
  return verdict(reasons);
}

export interface TestGateRule {
  /** 0 to 100; 100: every test passes. */
  readonly minimumPassRatePercent: number;
  /** 0 to 100, of the total and of the changed lines. */
  readonly minimumCoveragePercent: number;
}

/**
 * Step 11: tests ran, passed, and covered. A report without coverage passes only when the rule asks for none. `before`: an earlier run of
 * the same step; a test that has been deleted or skipped since then does not pass.
 * `deletedTests`: files of tests that the base has and the head has not.
 */
export function testGate(
  report: TestReport,
  rule: TestGateRule,
  before?: TestReport,
  deletedTests: readonly string[] = [],
): GateVerdict {
  const reasons: string[] = [];
  if (deletedTests.length > 0)
    reasons.push(`tests of the base are gone (a person may let that be): ${deletedTests.slice(0, 10).join(', ')}`);
  const executed = report.passed + report.failed;
  if (report.timedOut) reasons.push(`the test run was killed after ${String(Math.round(report.durationMs / 1000))} s`);
  if (executed === 0) reasons.push('no test ran');
  const missing = before === undefined ? 0 : before.passed + before.failed - executed;
  if (executed > 0 && missing > 0)
    reasons.push(`${String(missing)} fewer tests ran than before: none may be deleted or skipped to pass`);
  const passRate = executed === 0 ? 0 : (100 * report.passed) / executed;
  if (passRate < rule.minimumPassRatePercent)
    reasons.push(`${String(report.failed)} of ${String(executed)} tests failed`);
  if (report.exitCode !== 0 && report.failed === 0)
    reasons.push(`the test command exited with ${String(report.exitCode)}`);
  if (rule.minimumCoveragePercent > 0) reasons.push(...coverageReasons(report, rule.minimumCoveragePercent));
  return verdict(reasons);
}

function coverageReasons(report: TestReport, minimum: number): string[] {
  const coverage = report.coverage;
  if (!coverage)
    return ['the test run left no coverage report (docs/project-commands.md says what each runner needs for one)'];
  const reasons: string[] = [];
  if (coverage.totalPercent < minimum)
    reasons.push(`coverage is ${coverage.totalPercent.toFixed(1)} %, below ${String(minimum)} %`);
  if (coverage.changedPercent !== undefined && coverage.changedPercent < minimum)
    reasons.push(
      `coverage of the changed lines is ${coverage.changedPercent.toFixed(1)} %, below ${String(minimum)} %`,
    );
  return reasons;
}

/** Step 15: every check of exactly this head ended well. */
export function checksGate(report: ChecksReport, headSha: string): GateVerdict {
  if (report.headSha !== headSha) return verdict([`the checks are of ${report.headSha}, not of ${headSha}`]);
  if (report.state === 'pending') return verdict(['checks are still running']);
  const failed = report.runs.filter((run) => run.exitCode !== 0 || run.timedOut);
  if (failed.length > 0) return verdict(failed.map((run) => `${run.name} ended with ${String(run.exitCode)}`));
  return verdict(report.state === 'passed' && report.runs.length > 0 ? [] : ['no check ran']);
}

export type { Angle };
