/**
 * The ledger of a story's findings: one entry per fault for the whole life of the story, whatever number its line has, whoever says
 * it and in which words. Entries are matched to what a round reports in an activity (review/identity), so that history keeps the
 * outcome; what the workflow decides by them is here, and plain.
 *
 *   open --no longer found by who found it--> fixed --found again--> open
 *   open --a panel votes it down | a person says so--> refuted          open --a person lives with it--> accepted
 *   refuted, accepted --raised with new evidence--> open
 */
import { z } from 'zod';
import { findingSchema, SEVERITIES } from './finding.js';
import type { Fault, Finding } from './finding.js';
import { isBlocking } from './gate.js';

/** Hashes of the text of a finding's line and of the lines around it; empty where there is none. Never text: a line may hold a secret. */
export const anchorSchema = z.strictObject({ line: z.string(), before: z.string(), after: z.string() });
export type Anchor = z.infer<typeof anchorSchema>;

const decisionSchema = z.strictObject({
  /** A person's name, or `panel` with the angle. */
  by: z.string().min(1),
  reason: z.string(),
  isPerson: z.boolean(),
  /** What was decided about: graver than this, it is raised again. */
  severity: z.enum(SEVERITIES),
});

export const trackedFindingSchema = z.strictObject({
  /** As it was reported last; its id is the identity that it keeps. */
  finding: findingSchema,
  state: z.enum(['open', 'fixed', 'refuted', 'accepted']),
  /** Rounds of review in which it was reported first and last, counted from 1 over the whole story. */
  firstRound: z.number().int().positive(),
  lastRound: z.number().int().positive(),
  /** Commit at which it was reported last, where its line and anchor hold. */
  headSha: z.string(),
  anchor: anchorSchema,
  /** Found by a rule that runs in code: nobody's vote removes it. */
  isFact: z.boolean(),
  /** Other ids under which it was reported. */
  aliases: z.array(z.string()),
  /** How often it came back after it had been fixed. */
  reopened: z.number().int().nonnegative(),
  /** Why it is refuted or accepted. */
  decision: decisionSchema.optional(),
});
export type TrackedFinding = z.infer<typeof trackedFindingSchema>;

export const findingLedgerSchema = z.strictObject({
  /** Rounds settled so far. */
  round: z.number().int().nonnegative(),
  findings: z.array(trackedFindingSchema),
});
export type FindingLedger = z.infer<typeof findingLedgerSchema>;

export const EMPTY_LEDGER: FindingLedger = Object.freeze({ round: 0, findings: [] });

/** A person's word on one finding. */
export interface FindingDecision {
  readonly id: string;
  readonly verdict: 'refuted' | 'accepted';
  readonly by: string;
  readonly reason: string;
}

/** Findings that are open, gravest first. */
export function openFindings({ findings }: FindingLedger): Finding[] {
  const rank = ({ severity }: Finding) => SEVERITIES.indexOf(severity);
  return findings
    .filter(({ state }) => state === 'open')
    .map(({ finding }) => finding)
    .sort((a, b) => rank(a) - rank(b) || (a.id < b.id ? -1 : 1));
}

/** The entry that has this id, or was reported under it. */
export function findTracked({ findings }: FindingLedger, id: string): TrackedFinding | undefined {
  return findings.find((each) => each.finding.id === id) ?? findings.find(({ aliases }) => aliases.includes(id));
}

/** A ledger with the person's word in it; unchanged when it has no such finding. */
export function decideFinding(ledger: FindingLedger, { id, verdict, by, reason }: FindingDecision): FindingLedger {
  const entry = findTracked(ledger, id);
  if (entry === undefined) return ledger;
  const decided: TrackedFinding = {
    ...entry,
    state: verdict,
    decision: { by, reason, isPerson: true, severity: entry.finding.severity },
  };
  return { ...ledger, findings: ledger.findings.map((each) => (each === entry ? decided : each)) };
}

/**
 * Why another round of fixing is pointless, one sentence per finding; empty when it is not. Either an engine's turn has mended none of what
 * blocks, or something that blocks has been mended before and is back: `before` and `after` are the ledgers around the turn.
 */
export function repeatedFindings(before: FindingLedger, after: FindingLedger): readonly string[] {
  const blockingOf = (ledger: FindingLedger) =>
    ledger.findings.filter((each) => each.state === 'open' && isBlocking(each.finding));
  const [were, are] = [blockingOf(before), blockingOf(after)];
  const stands = (entry: TrackedFinding) => are.some(({ finding }) => finding.id === entry.finding.id);
  const reopenedBefore = (id: string) => before.findings.find(({ finding }) => finding.id === id)?.reopened ?? 0;
  const returned = are.filter(({ finding, reopened }) => reopened > reopenedBefore(finding.id));
  const unmoved = were.length > 0 && were.every(stands) ? were : [];
  return [
    ...unmoved.map(({ finding }) => `${finding.id} (${finding.issue}) is still there`),
    ...returned
      .filter((entry) => !unmoved.some(({ finding }) => finding.id === entry.finding.id))
      .map(({ finding }) => `${finding.id} (${finding.issue}) is back after it was fixed`),
  ];
}

/** An entry as the findings file tells of it. */
export function faultOf(
  { finding, state, firstRound, lastRound, reopened, aliases, decision }: TrackedFinding,
  fix: Pick<Fault, 'fix'> = {},
): Fault {
  const { id, severity, category, issue, file, line, grounded, angles, reportedBy } = finding;
  return {
    ...{ id, state, severity, category, issue, file, line, grounded, angles, reportedBy },
    ...{ firstRound, lastRound, reopened, aliases },
    ...(decision === undefined ? {} : { decision: { by: decision.by, reason: decision.reason } }),
    ...(state === 'fixed' ? fix : {}),
  };
}
