/**
 * One transition of one run: the mutable state it changes, the events it adds and what has to happen elsewhere
 * because of it. Everything a transition function may know comes in here (time and ids too), everything it wants
 * goes out here, so transitions run without a server and give the same result for the same input.
 * The history engine makes one, runs a function on it, and commits it.
 */
import type { temporal } from '../proto/root.js';
import { HistoryBuilder } from './history-builder.js';
import { DEFAULT_SERVICE_LIMITS } from './limits.js';
import type { ServiceLimits } from './limits.js';
import type { IdGenerator } from './id-generator.js';
import type { MutableState } from './mutable-state.js';
import type { Completion } from '../nexus/operation-outcome.js';
import type { NewRun } from './new-run.js';
import type { NexusCall } from './ports.js';

type Payloads = temporal.api.common.v1.IPayloads;
type Failure = temporal.api.failure.v1.IFailure;

/** How a child ended, for its parent's history. */
export type ChildOutcome =
  | { readonly type: 'completed'; readonly result: Payloads | null }
  | { readonly type: 'failed'; readonly failure: Failure | null; readonly retryState: number }
  | { readonly type: 'canceled'; readonly details: Payloads | null }
  | { readonly type: 'timedOut'; readonly retryState: number }
  | { readonly type: 'terminated' };

/** What another run has to be told; carried out after this transition, in the same turn and the same commit. */
export type CrossRunEffect =
  | {
      readonly type: 'startChild';
      readonly initiatedEventId: number;
      readonly attributes: temporal.api.history.v1.IStartChildWorkflowExecutionInitiatedEventAttributes;
      readonly userMetadata: temporal.api.sdk.v1.IUserMetadata | null;
    }
  | {
      readonly type: 'cancelExternal';
      readonly initiatedEventId: number;
      readonly childOnly: boolean;
      readonly reason: string;
    }
  | {
      readonly type: 'signalExternal';
      readonly initiatedEventId: number;
      readonly childOnly: boolean;
      readonly signalName: string;
      readonly input: Payloads | null;
      readonly header: temporal.api.common.v1.IHeader | null;
    }
  | {
      readonly type: 'closeChild';
      readonly policy: number;
      readonly namespaceId: string;
      readonly workflowId: string;
      readonly runId: string;
    }
  | { readonly type: 'reportClose'; readonly outcome: ChildOutcome }
  | { readonly type: 'deliverCallback'; readonly callbackId: string; readonly completion: Completion }
  | { readonly type: 'startNextRun'; readonly run: NewRun };

export class Transition {
  readonly state: MutableState;
  readonly nowMs: number;
  readonly ids: IdGenerator;
  readonly limits: ServiceLimits;
  readonly history: HistoryBuilder;
  readonly effects: CrossRunEffect[] = [];
  /** The scheduled workflow task should be offered to pollers. */
  dispatchWorkflowTask = false;
  /** Scheduled event ids of activities to offer to pollers. */
  readonly dispatchActivities: number[] = [];
  /** Nexus handlers to call. */
  readonly nexusCalls: NexusCall[] = [];
  /** What `list` shows of the run has changed. */
  visibilityChanged = false;
  /** Something durable changed that is not an event (a started attempt, a heartbeat, ...). */
  changed = false;
  /** The run closed in this transition. */
  closed = false;

  constructor(state: MutableState, nowMs: number, ids: IdGenerator, limits: ServiceLimits = DEFAULT_SERVICE_LIMITS) {
    this.limits = limits;
    this.state = state;
    this.nowMs = nowMs;
    this.ids = ids;
    this.history = new HistoryBuilder(state, nowMs);
  }
}
