/**
 * From votes to findings, in code. A claim of an analyzer is a fact about the code: it stands whatever models say. A claim of models
 * falls only when more panelists refute it than stand by it; a tie keeps it, because a gate fails closed. A claim that points
 * outside the diff, or quotes code that is not there, is kept as well, shown as not grounded, and never blocks. Who disagrees in the end is recorded as dissent.
 */
import type { Angle, Finding, RefutedClaim } from '../domain/finding.js';
import type { Discussion } from './discussion.js';
import { gradeClaim } from './fusion/severity-rubric.js';
import { isGrounded } from './grounding.js';
import type { ReviewPanelist, SpokenVote, TabledClaim } from './panelist.js';
import { quotesAreThere } from './quoted-code.js';
import type { ReviewMaterial } from './review-material.js';

export interface Consensus {
  readonly findings: readonly Finding[];
  /** Claims that fell. */
  readonly refuted: readonly RefutedClaim[];
  /** One sentence each. */
  readonly dissent: readonly string[];
}

export function concludeDiscussion(
  angle: Angle,
  panelists: readonly Pick<ReviewPanelist, 'name' | 'kind'>[],
  discussion: Discussion,
  material: ReviewMaterial,
): Consensus {
  const analyzers = new Set(panelists.filter(({ kind }) => kind === 'analyzer').map(({ name }) => name));
  const findings: Finding[] = [];
  const refuted: RefutedClaim[] = [];
  const dissent: string[] = [];
  for (const claim of discussion.claims) {
    const votes = discussion.votes.filter((vote) => vote.claimId === claim.id);
    const { behind, against } = sidesOf(claim, votes, analyzers);
    const isFact = claim.reportedBy.some((name) => analyzers.has(name));
    const grounded = isGrounded(claim, material) && (isFact || quotesAreThere(claim, material));
    const stands = isFact || !grounded || against.length <= behind.length;
    const place = `${claim.id} (${claim.issue})`;
    if (stands) {
      for (const { by, reason } of against) dissent.push(`${by} refutes ${place}: ${reason}`);
      const severity = isFact ? claim.severity : gradeClaim({ ...claim, voices: behind.length });
      findings.push(
        findingOf({ ...claim, severity }, angle, grounded, behind.length === 0 ? claim.reportedBy : behind),
      );
    } else {
      const claimed = findingOf(claim, angle, grounded, claim.reportedBy);
      refuted.push({ claim: claimed, reason: against.map(({ by, reason }) => `${by}: ${reason}`).join('; ') });
      for (const by of behind) dissent.push(`${by} stands by ${place}, which fell ${tally(against, behind)}`);
    }
  }
  return { findings, refuted, dissent };
}

/** Its makers, but those who withdrew, and who confirms it; against them, who refutes it. An analyzer can't be talked out of a fact. */
function sidesOf(claim: TabledClaim, votes: readonly SpokenVote[], analyzers: ReadonlySet<string>) {
  const against = votes.filter(
    ({ by, vote }) => vote === 'refute' && !(analyzers.has(by) && claim.reportedBy.includes(by)),
  );
  const refuting = new Set(against.map(({ by }) => by));
  const confirming = votes.filter(({ vote }) => vote === 'confirm').map(({ by }) => by);
  const behind = [...new Set([...claim.reportedBy, ...confirming])].filter((name) => !refuting.has(name)).sort();
  return { behind, against };
}

function findingOf(claim: TabledClaim, angle: Angle, grounded: boolean, behind: readonly string[]): Finding {
  const { id, severity, category, issue, file, line, suggestion, source } = claim;
  // A rule names its tool already.
  const others = behind.filter((name) => !source.startsWith(`${name}/`));
  const reportedBy = [...new Set([source, ...others])].sort();
  return { id, severity, category, issue, file, line, suggestion, grounded, reportedBy, angles: [angle] };
}

const tally = (against: readonly unknown[], behind: readonly unknown[]): string =>
  `${String(against.length)} to ${String(behind.length)}`;
