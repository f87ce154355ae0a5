/**
 * The port to the review panels: one angle looks at one diff and returns schema-checked findings; a round of all angles is settled
 * against what the story knows. Findings are grounded in the diff before they leave; nothing that a panelist says in prose counts.
 */
import type { Angle, AngleReview } from '../domain/finding.js';
import type { FindingLedger } from '../domain/finding-ledger.js';
import type { Story } from '../domain/story.js';
import type { Usage } from '../domain/usage.js';

export interface ReviewSubject {
  readonly angle: Angle;
  readonly round: number;
  readonly story: Story;
  /** Absolute path of the worktree, checked out at `headSha`. */
  readonly worktree: string;
  readonly baseSha: string;
  readonly headSha: string;
  /** Unified diff base...head. */
  readonly diff: string;
  /** Models that wrote it, as their engines name them; absent where nobody says. */
  readonly authors?: readonly string[];
}

export interface ReviewOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
}

export interface ReviewRound {
  /** Absolute path of a worktree with the commits of this round and of those before. */
  readonly worktree: string;
  readonly headSha: string;
  readonly ledger: FindingLedger;
  readonly reviews: readonly AngleReview[];
}

export interface AngleReviewer {
  review(
    subject: ReviewSubject,
    options: ReviewOptions,
  ): Promise<{
    readonly review: AngleReview;
    readonly usage: Usage;
    /** Whole discussion, for the artifact store. */ readonly transcript: string;
  }>;
  /** The ledger after a round of reviews of one head: what was known keeps its identity. */
  settle(round: ReviewRound): Promise<FindingLedger>;
}
