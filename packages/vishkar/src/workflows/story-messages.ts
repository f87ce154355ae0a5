/**
 * Signals, updates and queries of a story, with the shapes of their arguments. Clients and workflow import the same
 * definitions. `approve` without arguments is the seed's own signal; the updates are the checked way to say the same.
 */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { ApprovalState } from '../domain/approval.js';
import type { Evidence, StepState } from '../domain/evidence.js';
import type { AngleReview, Finding } from '../domain/finding.js';
import type { FindingDecision, FindingLedger } from '../domain/finding-ledger.js';
import type { Guidance } from '../domain/guidance.js';
import type { DecidedChange } from '../domain/protected-paths.js';
import type { PullRequest } from '../domain/pull-request.js';
import type { Spent } from '../domain/story-budget.js';
import type { StepId } from '../domain/step.js';
import type { StoryOutcome } from '../domain/story-input.js';
import { QUERIES, SIGNALS, UPDATES } from '../domain/wire-names.js';

export interface ApprovalMessage {
  readonly by?: string;
  readonly comment?: string;
  /** The commit that was looked at. A signal without it means the one that is asked about now. */
  readonly headSha?: string;
}

export interface RejectionMessage {
  readonly by?: string;
  readonly reason?: string;
}

export const ANSWER_CHOICES = ['retry', 'override', 'raise', 'keep', 'restart', 'allow', 'refuse', 'abandon'] as const;
export type AnswerChoice = (typeof ANSWER_CHOICES)[number];

export interface AnswerMessage {
  readonly choice: AnswerChoice;
  readonly reason: string;
  readonly by: string;
}

/** What the story waits for: shown with since when, until when and who can release it. */
export interface Waiting {
  readonly for: 'approval' | 'decision' | 'checks' | 'provider' | 'merge' | 'dependency' | 'budget';
  readonly step: StepId;
  /** What is asked, for people. */
  readonly question: string;
  readonly since: string;
  readonly until: string;
  readonly options: readonly string[];
  /** The command or person that can release it. */
  readonly releasedBy: string;
}

export interface StoryStatusView {
  readonly key: string;
  readonly title: string;
  readonly project: string;
  readonly state: 'running' | 'waiting' | 'done';
  readonly outcome: StoryOutcome | null;
  readonly reason: string;
  readonly step: { readonly number: number; readonly id: StepId; readonly title: string };
  readonly steps: readonly StepState[];
  readonly waiting: Waiting | null;
  /** Review rounds taken (steps 3 to 6). */
  readonly rounds: number;
  readonly branch: string;
  readonly headSha: string;
  readonly pullRequest: PullRequest | null;
  readonly approval: ApprovalState | null;
  /** What engines and reviewers used so far, where it was measured. */
  readonly spent: Spent;
  /** Engine of the last turn; `recordedFrom` is set when its work is a replay. */
  readonly engine: {
    readonly name: string;
    readonly version: string;
    readonly model: string;
    readonly recordedFrom?: string | undefined;
  } | null;
  /** What became of an engine's changes of protected paths. */
  readonly protectedChanges: readonly DecidedChange[];
  /** Things worth knowing that changed nothing, e.g. an approval that came before there was anything to approve. */
  readonly notes: readonly string[];
}

export interface FindingsView {
  readonly rounds: readonly { readonly headSha: string; readonly reviews: readonly AngleReview[] }[];
  /** What is open now, gravest first. */
  readonly open: readonly Finding[];
  /** Every fault that was reported, with what became of it. */
  readonly ledger: FindingLedger;
}

export const approveSignal = defineSignal<[ApprovalMessage?]>(SIGNALS.approve);
export const rejectSignal = defineSignal<[RejectionMessage?]>(SIGNALS.reject);
/** Ends a wait early: the story looks again. It carries what changed, for people who read the history; nothing acts on that. */
export const outsideChangedSignal = defineSignal<[string?]>(SIGNALS.outsideChanged);
export const approveHeadUpdate = defineUpdate<ApprovalState, [Required<ApprovalMessage>]>(UPDATES.approveHead);
export const rejectHeadUpdate = defineUpdate<
  ApprovalState,
  [Required<RejectionMessage> & { readonly headSha: string }]
>(UPDATES.rejectHead);
export interface SteeringMessage {
  readonly by: string;
  /** Up to 4,000 characters. */
  readonly text: string;
}

/** Returns, in a sentence, when the engine will be told. */
export const steerUpdate = defineUpdate<string, [SteeringMessage]>(UPDATES.steer);
/** A person refutes or accepts one finding; returns in a sentence what that changes. */
export const decideFindingUpdate = defineUpdate<string, [FindingDecision]>(UPDATES.decideFinding);
export interface ConfirmationMessage {
  /** `AC-1`, ... */
  readonly criterion: string;
  readonly by: string;
  readonly reason: string;
}

/** Returns, in a sentence, when it will count. */
export const confirmUpdate = defineUpdate<string, [ConfirmationMessage]>(UPDATES.confirm);
export const answerUpdate = defineUpdate<string, [AnswerMessage]>(UPDATES.answer);
export const statusQuery = defineQuery<StoryStatusView>(QUERIES.status);
export const evidenceQuery = defineQuery<readonly Evidence[]>(QUERIES.evidence);
export const guidanceQuery = defineQuery<readonly Guidance[]>(QUERIES.guidance);
export const findingsQuery = defineQuery<FindingsView>(QUERIES.findings);
