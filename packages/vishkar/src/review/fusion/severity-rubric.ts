/**
 * How grave a claim of models is, by rules and not by who shouts loudest. Analyzers are not asked here: their severities stand in
 * their rule tables. A rule only ever lowers what was claimed, and never below `low`:
 *
 *   matter of taste (naming, style, comments, ...)                       at most low
 *   matter of upkeep (duplication, tests, logging, speed, ...)           at most medium
 *   critical, though the kind of fault neither lets anybody in nor loses data    high
 *   one reviewer alone, and in words that take it half back ("might")    one step down
 */
import { SEVERITIES } from '../../domain/finding.js';
import type { Severity } from '../../domain/finding.js';
import { toneOf } from './report-text.js';

export interface GradedClaim {
  readonly severity: Severity;
  /** Kebab-case kind of fault, in the claimant's choice of words. */
  readonly category: string;
  readonly issue: string;
  /** Reviewers who make or confirm it. */
  readonly voices: number;
}

const TASTE =
  /^(?:naming|names?|style|code-style|formatting|format|comments?|documentation|docs?|readability|typo|magic-numbers?|wording)$/;
const UPKEEP =
  /^(?:duplication|duplicate-code|duplicated-code|dead-code|unused-\w+|complexity|maintainability|tests?|test-coverage|missing-tests?|logging|performance|refactoring|consistency)$/;
const GRAVE =
  /injection|traversal|secret|credential|password|auth|access|permission|privilege|missing-check|xss|csrf|ssrf|unescaped|deserialization|crypto|certificate|tls|exposure|leaked-data|data-loss|corruption|overwrite|race|deadlock|vulnerab|security/;

export function gradeClaim({ severity, category, issue, voices }: GradedClaim): Severity {
  const isHedged = voices <= 1 && toneOf(issue).hedges > 0;
  const rank = Math.max(SEVERITIES.indexOf(severity) + (isHedged ? 1 : 0), SEVERITIES.indexOf(gravest(category)));
  return SEVERITIES[Math.min(rank, SEVERITIES.length - 1)] ?? 'low';
}

function gravest(category: string): Severity {
  if (TASTE.test(category)) return 'low';
  if (UPKEEP.test(category)) return 'medium';
  return GRAVE.test(category) ? 'critical' : 'high';
}
