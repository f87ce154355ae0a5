/**
 * The port to a coding agent. An engine edits files in a worktree; whether it did well is never taken from its word
 * or its exit code: `outcome` is computed by us from the diff, the protocol and the usage, and gates judge the rest.
 */
import type { Guidance } from '../domain/guidance.js';
import type { Usage } from '../domain/usage.js';

export const ENGINE_TASK_KINDS = [
  'plan',
  'implement',
  'fix-findings',
  'implement-tests',
  'fix-tests',
  'address-review',
  'fix-ci',
] as const;
export type EngineTaskKind = (typeof ENGINE_TASK_KINDS)[number];

export interface EngineTask {
  readonly storyKey: string;
  readonly kind: EngineTaskKind;
  /** 1 for the first time this kind is asked for in a story, then 2, 3, ... */
  readonly round: number;
  /** The whole instruction; text from outside is fenced as untrusted by whoever assembled it. */
  readonly prompt: string;
  /** Absolute path of the story's git worktree; the engine's working directory. */
  readonly worktree: string;
  /** Absolute path of a private folder for this story's engine state (HOME, XDG_*); kept between attempts so that a session can be resumed. */
  readonly home: string;
  /** Absolute path of the folder for transcripts and logs of this run. */
  readonly outputFolder: string;
  /** Where what the task uses is written down as it goes, so that it is known of an attempt that is killed. */
  readonly usageLog?: UsageLog;
}

export interface UsageLog {
  /** Adds what a call used, or a part of it; comes back when that is on the disk. */
  add(usage: Usage): Promise<void>;
}

/** Progress, as it happens; becomes heartbeat details. */
export interface EngineProgress {
  /** Named as soon as there is something in it to go on with. */
  readonly sessionId?: string;
  /** True when that session was loaded: it is one of an earlier attempt. */
  readonly resumed?: boolean;
  readonly pid?: number;
  /** Bytes of protocol or output seen so far. */
  readonly bytes: number;
  readonly toolCalls: number;
  /** One line for people: what it is doing. */
  readonly activity?: string;
}

/** A call of a tool that has ended well: work that is not to be done again. */
export interface FinishedStep {
  /** One line for people, and for a session that does not know it. */
  readonly title: string;
  /** The same for a call of the same tool with the same input. */
  readonly digest: string;
}

export interface Steering {
  /**
   * Waits for what people say next; each message comes once. A session that was loaded (`resumed`) has heard what an attempt
   * before has handed on. Rejects when the signal aborts.
   */
  next(signal: AbortSignal, resumed: boolean): Promise<Steered>;
  /** The engine is about to be told what came last. */
  handingOn(): Promise<void>;
  /** It has shown that it was told: its session holds it now. */
  handedOn(): Promise<void>;
}

export interface Steered {
  readonly messages: readonly Guidance[];
  /** An attempt before was cut off while it told one of them: the session may hold it. */
  readonly maybeAgain: boolean;
}

export interface EngineRunOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: EngineProgress) => void;
  /** Told of each step as it ends; by engines that tell of their steps. */
  readonly onStep?: (step: FinishedStep) => void;
  /** Steps that attempts before this one have finished, in words, oldest first: told to a session that does not know them. */
  readonly doneBefore?: readonly string[];
  /** What people say while it works; an engine that can't be told before its next turn takes none. */
  readonly steering?: Steering;
  /** Session of an earlier attempt of the same task, from its last heartbeat. */
  readonly resumeSessionId?: string;
}

export type EngineOutcome = 'edited' | 'no_change' | 'refused' | 'engine_error' | 'cancelled' | 'timeout';

/** A provider that lets no calls through for a while. */
export interface ProviderLimit {
  /** When it does again; undefined: it does not say. */
  readonly resumesAtMs: number | undefined;
  /** The provider's own word for it (`usage_limit_reached`), never its prose. */
  readonly kind: string;
}

export interface EngineRun {
  readonly outcome: EngineOutcome;
  /** For `engine_error`: whether another attempt can help (not for a refused key). */
  readonly retryable: boolean;
  /** One sentence for people, secrets masked. */
  readonly detail: string;
  /** Set when the turn ended because of it: another attempt before that time can't help. */
  readonly limit?: ProviderLimit;
  readonly sessionId?: string;
  readonly resumed: boolean;
  readonly usage: Usage;
  /** Absolute path of the transcript (JSON lines). */
  readonly transcriptPath: string;
  /** Set when the budget of the turn ended it: a person decides then, no other engine. */
  readonly budgetSpent?: true;
  /** Who did the work, where the engine that was asked stands for several. */
  readonly engine?: EngineDescription;
  /** Engines that were asked before the one that did the work, and why they did not do it. */
  readonly passedOver?: readonly PassedOverEngine[];
}

export interface PassedOverEngine {
  /** Name and model, for people. */
  readonly engine: string;
  /** One sentence, secrets masked. */
  readonly why: string;
}

export interface EngineDescription {
  /** Profile or adapter name: `goose`, `command`, `recorded`. */
  readonly name: string;
  readonly version: string;
  /** `none` when no model is involved. */
  readonly model: string;
  /** Set when the work is a replay of a recorded session: where it comes from. Shown wherever its work is shown. */
  readonly recordedFrom?: string;
}

export interface CodingEngine {
  /**
   * Who would do a task of this kind; without a kind, who does most. Throws VishkarError `ENGINE_NOT_INSTALLED` with the
   * one command that mends it when the engine can't run here.
   */
  describe(kind?: EngineTaskKind): Promise<EngineDescription>;
  run(task: EngineTask, options: EngineRunOptions): Promise<EngineRun>;
}
