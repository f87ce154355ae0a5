/**
 * The updates of one run that somebody waits for. Requests live here, in memory, until the worker has accepted them
 * (only then the history knows of them); outcomes stay until they have been told.
 *
 *   admitted --sent with a workflow task--> sent --accepted--> accepted --response--> completed
 *        \                                    \--rejected--> rejected (no trace in the history)
 *         +-- run closed, worker failed on it, service restarted --> aborted (an error, or a failure once accepted)
 *
 * The rule it guards: an update id is one update. A second request with the same id joins the first.
 */
import { int64FromNumber } from '../proto/int64.js';
import { FailedPreconditionError, ResourceExhaustedError } from '../errors.js';
import { temporalProto } from '../proto/root.js';
import type { temporal } from '../proto/root.js';
import type { ServiceLimits } from './limits.js';

type UpdateRequest = temporal.api.update.v1.IRequest;
type Outcome = temporal.api.update.v1.IOutcome;
type Message = temporal.api.protocol.v1.IMessage;

const Stage = temporalProto.api.enums.v1.UpdateWorkflowExecutionLifecycleStage;
const Cause = temporalProto.api.enums.v1.ResourceExhaustedCause;
const RequestMessage = temporalProto.api.update.v1.Request;
const TYPE_URL_PREFIX = 'type.googleapis.com/';

export type UpdateState = 'admitted' | 'sent' | 'accepted' | 'completed' | 'rejected' | 'aborted';

/** How far an update has come, as clients are told. */
export interface UpdateStatus {
  readonly stage: temporal.api.enums.v1.UpdateWorkflowExecutionLifecycleStage;
  readonly outcome: Outcome | null;
}

export class Update {
  state: UpdateState;
  acceptedEventId = 0;
  outcome: Outcome | null = null;
  error: Error | undefined;
  readonly #listeners = new Set<() => void>();

  constructor(
    readonly id: string,
    /** Absent for an update whose request the history has: admitted by a reset, or accepted before this process began. */
    readonly request: UpdateRequest | undefined,
    state: UpdateState = 'admitted',
  ) {
    this.state = state;
  }

  get isDone(): boolean {
    return this.state === 'completed' || this.state === 'rejected' || this.state === 'aborted';
  }

  /** What to answer a caller who waits for `stage`, or undefined while there is nothing to answer yet. Throws when aborted. */
  statusFor(stage: number): UpdateStatus | undefined {
    if (this.error) throw this.error;
    if (this.outcome)
      return { stage: Stage.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED, outcome: this.outcome };
    const isAccepted = this.state === 'accepted';
    if (isAccepted && stage <= Stage.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ACCEPTED) return this.currentStatus();
    if (stage <= Stage.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ADMITTED) return this.currentStatus();
    return undefined;
  }

  /** The stage reached so far, for callers whose patience ends before the stage they want. */
  currentStatus(): UpdateStatus {
    return {
      stage:
        this.state === 'accepted'
          ? Stage.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ACCEPTED
          : Stage.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ADMITTED,
      outcome: null,
    };
  }

  settle(state: UpdateState, outcome: Outcome | null, error?: Error): void {
    this.state = state;
    this.outcome = outcome;
    this.error = error;
    for (const listener of [...this.#listeners]) listener();
  }

  /** Calls `listener` on every change until the returned function is called. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

export class UpdateRegistry {
  readonly #updates = new Map<string, Update>();

  get isEmpty(): boolean {
    return this.#updates.size === 0;
  }

  find(updateId: string): Update | undefined {
    return this.#updates.get(updateId);
  }

  /** Takes in an update that the history knows as accepted. */
  restoreAccepted(updateId: string, acceptedEventId: number): Update {
    const update = new Update(updateId, undefined, 'accepted');
    update.acceptedEventId = acceptedEventId;
    this.#updates.set(updateId, update);
    return update;
  }

  /** Takes in an update whose request the history has, but which no worker has accepted yet. */
  restoreAdmitted(updateId: string): Update {
    const update = new Update(updateId, undefined);
    this.#updates.set(updateId, update);
    return update;
  }

  /** Admits a new update. Throws ResourceExhaustedError or FailedPreconditionError at the run's limits. */
  admit(updateId: string, request: UpdateRequest, totalSoFar: number, limits: ServiceLimits): Update {
    const inFlight = [...this.#updates.values()].filter((update) => !update.isDone).length;
    if (inFlight >= limits.updatesInFlight) {
      throw new ResourceExhaustedError(
        `limit on number of concurrent in-flight updates has been reached (${limits.updatesInFlight})`,
        Cause.RESOURCE_EXHAUSTED_CAUSE_CONCURRENT_LIMIT,
      );
    }
    if (totalSoFar + inFlight >= limits.updatesPerRun) {
      throw new FailedPreconditionError(
        `The limit on the total number of distinct updates in this workflow has been reached (${limits.updatesPerRun}). ` +
          "Make sure any duplicate updates share an Update ID so the server can deduplicate them, and consider rejecting updates that you aren't going to process",
      );
    }
    const update = new Update(updateId, request);
    this.#updates.set(updateId, update);
    return update;
  }

  /** Puts an update back that a worker answers although this process has forgotten it. */
  resurrect(updateId: string, request: UpdateRequest): Update {
    const update = new Update(updateId, request, 'sent');
    this.#updates.set(updateId, update);
    return update;
  }

  /** True when an update has to be sent (again) with the next workflow task. */
  get hasOutgoing(): boolean {
    for (const update of this.#updates.values())
      if (update.state === 'admitted' || update.state === 'sent') return true;
    return false;
  }

  /** The messages of a workflow task; each update is to be processed after `sequencingEventId`. */
  takeOutgoing(sequencingEventId: number, isHeartbeat: boolean): Message[] {
    const messages: Message[] = [];
    for (const update of this.#updates.values()) {
      if (update.state !== 'admitted' && (update.state !== 'sent' || isHeartbeat)) continue;
      update.state = 'sent';
      // Without a request here the worker gets it with the event that admitted it.
      if (!update.request) continue;
      messages.push({
        id: requestMessageId(update.id),
        protocolInstanceId: update.id,
        eventId: int64FromNumber(sequencingEventId),
        body: {
          type_url: `${TYPE_URL_PREFIX}temporal.api.update.v1.Request`,
          value: RequestMessage.encode(update.request).finish(),
        },
      });
    }
    return messages;
  }

  values(): IterableIterator<Update> {
    return this.#updates.values();
  }

  /** Forgets an update; whoever waits has been answered, and the history knows it if it was accepted. */
  remove(updateId: string): void {
    this.#updates.delete(updateId);
  }

  /** Ends every update that is not done with what `reason` gives for it; undefined leaves it alone. */
  abort(reason: (update: Update) => { outcome: Outcome } | { error: Error } | undefined): void {
    for (const update of [...this.#updates.values()]) {
      if (update.isDone) continue;
      const end = reason(update);
      if (!end) continue;
      if ('error' in end) update.settle('aborted', null, end.error);
      else update.settle('aborted', end.outcome);
      this.#updates.delete(update.id);
    }
  }
}

/** The id of the message that carries an update to the worker. */
export function requestMessageId(updateId: string): string {
  return `${updateId}/request`;
}
