/**
 * Settles a round of review against the ledger: what was known keeps its identity, what its finders no longer find is fixed, what was
 * refuted or accepted stays so unless there is new evidence. Pure.
 */
import type { AngleReview, Finding } from '../../domain/finding.js';
import type { Anchor, FindingLedger, TrackedFinding } from '../../domain/finding-ledger.js';
import { SEVERITIES } from '../../domain/finding.js';
import { fuseAngles, isReportOf } from './fuse-angles.js';
import { matchFindings } from './same-findings.js';
import type { FoundNow, PlaceOf } from './same-findings.js';

export interface SettledRound {
  /** The commit that was reviewed. */
  readonly headSha: string;
  readonly reviews: readonly AngleReview[];
  readonly anchorOf: (finding: Pick<Finding, 'file' | 'line'>) => Anchor;
  readonly placeOf: PlaceOf;
}

interface Upheld extends FoundNow {
  readonly aliases: readonly string[];
  /** Why the panel voted it down; undefined for what stands. */
  readonly fell: { readonly by: string; readonly reason: string } | undefined;
}

export function settleFindings(ledger: FindingLedger, settled: SettledRound): FindingLedger {
  const round = ledger.round + 1;
  const { headSha, placeOf } = settled;
  const found = foundIn(settled);
  // What stands finds its entry first: what a panel voted down never takes one from what another panel upholds.
  const upheld = found.filter(({ fell }) => fell === undefined);
  const fallen = found.filter(({ fell }) => fell !== undefined);
  const matches = new Map(matchFindings(ledger.findings, upheld, placeOf));
  const left = ledger.findings.filter((entry) => ![...matches.values()].includes(entry));
  for (const [now, entry] of matchFindings(left, fallen, placeOf)) matches.set(now, entry);

  const byEntry = new Map([...matches].map(([now, entry]) => [entry, now as Upheld]));
  const entries = ledger.findings.map((entry) => {
    const now = byEntry.get(entry);
    return now === undefined ? unseen(entry, settled) : seenAgain(entry, now, round, headSha);
  });
  const known = new Set(entries.flatMap(({ finding, aliases }) => [finding.id, ...aliases]));
  for (const now of found) {
    if (matches.has(now)) continue;
    const entry = newEntry(now, round, headSha, known);
    known.add(entry.finding.id);
    entries.push(entry);
  }
  return { round, findings: entries };
}

function foundIn({ reviews, anchorOf }: SettledRound): readonly Upheld[] {
  const upheld = fuseAngles(reviews).map((each): Upheld => ({
    ...each,
    anchor: anchorOf(each.finding),
    fell: undefined,
  }));
  const ids = new Set(upheld.flatMap(({ finding, aliases }) => [finding.id, ...aliases]));
  const fallen: Upheld[] = [];
  for (const { angle, refuted = [] } of reviews)
    for (const { claim, reason } of refuted) {
      if (ids.has(claim.id)) continue;
      ids.add(claim.id);
      const fell = { by: `the ${angle} panel`, reason };
      fallen.push({ finding: claim, aliases: [], isFact: false, anchor: anchorOf(claim), fell });
    }
  return [...upheld, ...fallen];
}

function seenAgain(entry: TrackedFinding, now: Upheld, round: number, headSha: string): TrackedFinding {
  const { id } = entry.finding;
  const aliases = [...new Set([...entry.aliases, now.finding.id, ...now.aliases])].filter((each) => each !== id).sort();
  const seen = { ...entry, lastRound: round, headSha, anchor: now.anchor, aliases };
  const isSettled = entry.state === 'refuted' || entry.state === 'accepted';
  if (now.fell !== undefined)
    return isSettled ? seen : { ...seen, state: 'refuted', decision: panelDecision(now.finding, now.fell) };
  // The line that was decided about stays the evidence, also while it moves.
  if (isSettled && !hasNewEvidence(entry, now)) return seen;
  const { decision: _decision, ...open } = seen;
  return {
    ...open,
    finding: { ...now.finding, id },
    isFact: now.isFact,
    state: 'open',
    reopened: entry.reopened + (entry.state === 'fixed' ? 1 : 0),
  };
}

/** Another line, a graver fault; and against a panel's vote, a rule that finds it or somebody who had not said so before. */
function hasNewEvidence({ decision, anchor, finding }: TrackedFinding, now: Upheld): boolean {
  if (decision === undefined || anchor.line !== now.anchor.line) return true;
  if (SEVERITIES.indexOf(now.finding.severity) < SEVERITIES.indexOf(decision.severity)) return true;
  if (decision.isPerson) return false;
  return now.isFact || now.finding.reportedBy.some((by) => !finding.reportedBy.includes(by));
}

/** Fixed only when somebody who found it has looked again, or its file is gone: who could not look has not found it gone. */
function unseen(entry: TrackedFinding, { reviews, placeOf }: SettledRound): TrackedFinding {
  if (entry.state !== 'open') return entry;
  const haveLooked = reviews.some(({ angle, panelists }) => {
    const isOfAngle = entry.finding.angles.includes(angle);
    return (
      isOfAngle &&
      panelists.some(
        ({ name, status }) => status === 'ran' && entry.finding.reportedBy.some((by) => isReportOf(by, name)),
      )
    );
  });
  return haveLooked || placeOf(entry) === undefined ? { ...entry, state: 'fixed' } : entry;
}

function newEntry(now: Upheld, round: number, headSha: string, known: ReadonlySet<string>): TrackedFinding {
  const { anchor, isFact: fact, aliases, fell } = now;
  // Of two equal lines one went and another came: the id by text is taken, the fault is another.
  let finding = now.finding;
  for (let next = 1; known.has(finding.id); next += 1) finding = { ...finding, id: nextId(now.finding.id, next) };
  return {
    ...{ finding, state: fell === undefined ? 'open' : 'refuted', firstRound: round, lastRound: round, headSha },
    ...{ anchor, isFact: fact, reopened: 0 },
    aliases: aliases.filter((alias) => alias !== finding.id && !known.has(alias)),
    ...(fell === undefined ? {} : { decision: panelDecision(finding, fell) }),
  };
}

function panelDecision({ severity }: Finding, { by, reason }: { readonly by: string; readonly reason: string }) {
  return { by, reason, isPerson: false, severity };
}

function nextId(id: string, next: number): string {
  const number = (BigInt(`0x${id.slice(2)}`) + BigInt(next)) % 16n ** 12n;
  return `F-${number.toString(16).padStart(12, '0')}`;
}
