/**
 * A member of a review panel. It opens with claims of its own and then judges the others': a claim stands or falls by
 * votes on it, never by anybody's prose. Analyzers and models sit at the same table under the same rules.
 */
import type { Angle, Panelist as PanelistRecord, Severity } from '../domain/finding.js';
import type { Usage } from '../domain/usage.js';
import type { ReviewMaterial } from './review-material.js';

/** What a panelist says is wrong. */
export interface Claim {
  readonly severity: Severity;
  /** Kebab-case kind of fault. */
  readonly category: string;
  readonly issue: string;
  readonly file: string;
  /** 1-based at the head; 0: the whole file. */
  readonly line: number;
  readonly suggestion: string;
  /** Panelist, or panelist and rule: `eslint/no-eval`. */
  readonly source: string;
}

/** A claim on the table, with the identity that it keeps over rounds and everyone who made it. */
export interface TabledClaim extends Claim {
  readonly id: string;
  readonly reportedBy: readonly string[];
}

/** What a panelist has to judge: a claim of others, or one of its own that somebody refuted, and what was said about it so far. */
export interface Disputed {
  readonly claim: TabledClaim;
  readonly isOwn: boolean;
  readonly said: readonly SpokenVote[];
}

export interface SpokenVote extends Vote {
  readonly by: string;
}

export interface Vote {
  readonly claimId: string;
  readonly vote: 'confirm' | 'refute' | 'abstain';
  /** One sentence, for the transcript. */
  readonly reason: string;
}

export interface Opening {
  readonly status: PanelistRecord['status'];
  readonly note?: string;
  readonly claims: readonly Claim[];
}

export interface ReviewPanelist {
  readonly name: string;
  readonly kind: PanelistRecord['kind'];
  readonly version: string;
  readonly angle: Angle;
  /** Throws only when aborted; trouble of its own is `failed` or `unavailable` with a note. */
  open(material: ReviewMaterial, signal: AbortSignal): Promise<Opening>;
  /** To refute an own claim is to withdraw it. Throws only when aborted; who can't answer has no vote. */
  judge(material: ReviewMaterial, disputed: readonly Disputed[], signal: AbortSignal): Promise<readonly Vote[]>;
  /** What it has used so far; absent for panelists that use nothing. */
  usage?(): Usage;
}
