/**
 * Calls the handlers of Nexus operations. The boundary between history, where an operation is scheduled, and those who
 * handle it: workers that poll a task queue, or an HTTP endpoint. What came of a call goes back as a transition.
 *
 * The rules it guards: a call is answered once, by the handler or by the clock; what it came to is told in a turn of its
 * own, never inside the transition that asked for it; and after a restart history asks again, with the same request id.
 */
import type { Clock, ClockTimer } from '../clock/clock.js';
import { NotFoundError } from '../errors.js';
import type { HistoryEngine } from '../history/history-engine.js';
import { limits } from '../history/limits.js';
import { isCallDue, recordCancelOutcome, recordStartOutcome, timeoutAtMs } from '../history/nexus-operation.js';
import type { PendingNexusOperation } from '../history/pending-items.js';
import type { NexusCall, NexusCaller } from '../history/ports.js';
import type { RunContext } from '../history/run-context.js';
import { ensureWorkflowTask } from '../history/workflow-task.js';
import type { RunKey } from '../persistence/store.js';
import type { temporal } from '../proto/root.js';
import type { EndpointRegistry } from './endpoint-registry.js';
import { callExternalHandler } from './external-handler.js';
import { buildRequest } from './handler-request.js';
import { encodeNexusTaskToken } from './nexus-task.js';
import type { NexusHandout, NexusTaskDispatcher } from './nexus-task.js';
import { handlerError } from './operation-outcome.js';
import type { CancelOutcome, StartOutcome } from './operation-outcome.js';
import { outcomeOfFailure, outcomeOfResponse } from './worker-response.js';

export type CallOutcome = StartOutcome | CancelOutcome;

export interface OperationCallerOptions {
  readonly engine: HistoryEngine;
  readonly endpoints: EndpointRegistry;
  readonly matching: NexusTaskDispatcher;
  readonly clock: Clock;
  readonly clusterId: string;
  /** Told of what fails without anyone waiting for it. */
  readonly onInternalError: (error: unknown, doing: string) => void;
}

interface PendingCall extends NexusCall {
  readonly runKey: RunKey;
  /** Takes the request back from wherever it is. */
  withdraw: () => void;
  timer: ClockTimer | undefined;
}

export class OperationCaller implements NexusCaller {
  readonly #options: OperationCallerOptions;
  readonly #calls = new Set<PendingCall>();
  /** Calls that a worker has, or may get, by task id. */
  readonly #byTaskId = new Map<string, PendingCall>();

  constructor(options: OperationCallerOptions) {
    this.#options = options;
  }

  call(runKey: RunKey, { scheduledEventId, method }: NexusCall): void {
    const { engine, endpoints, clock } = this.#options;
    const found = this.#find(runKey, scheduledEventId, method);
    if (!found) return;
    const { context, operation } = found;
    const call: PendingCall = { runKey, scheduledEventId, method, withdraw: () => undefined, timer: undefined };
    this.#calls.add(call);
    const endpoint = endpoints.findById(operation.endpointId) ?? endpoints.findByName(operation.endpoint);
    if (!endpoint) {
      const outcome = { type: 'refused', error: handlerError('NOT_FOUND', 'endpoint not registered') } as const;
      const immediate = setImmediate(() => this.#settle(call, outcome));
      call.withdraw = () => clearImmediate(immediate);
      return;
    }
    const deadlineMs = Math.min(clock.nowMs() + limits.nexusRequestMs, timeoutAtMs(operation));
    call.timer = clock.wakeAt(deadlineMs, () => this.#settle(call, timedOut(endpoint.target.type)));
    if (endpoint.target.type === 'worker') {
      this.#offerToWorkers(call, endpoint.target, deadlineMs);
      return;
    }
    const request = buildRequest(engine, context, operation, { ...this.#requestOptions(method, deadlineMs) });
    const abort = new AbortController();
    call.withdraw = () => abort.abort();
    callExternalHandler(endpoint.target.url, request, abort.signal)
      .then((outcome) => this.#settle(call, outcome))
      .catch((error: unknown) => {
        if (!abort.signal.aborted) this.#options.onInternalError(error, `Nexus call of run ${runKey}`);
      });
  }

  reset(): void {
    for (const call of [...this.#calls]) this.#drop(call);
  }

  /** A worker's answer. Throws NotFoundError when nobody waits for it (any more). */
  complete(taskId: string, response: temporal.api.nexus.v1.IResponse | null | undefined): void {
    const call = this.#requireCall(taskId);
    this.#settle(call, outcomeOfResponse(call.method, response));
  }

  /** A worker's refusal. Throws NotFoundError when nobody waits for it (any more). */
  fail(taskId: string, error: temporal.api.nexus.v1.IHandlerError | null | undefined): void {
    this.#settle(this.#requireCall(taskId), outcomeOfFailure(error));
  }

  #offerToWorkers(
    call: PendingCall,
    target: { readonly namespaceId: string; readonly taskQueue: string },
    deadlineMs: number,
  ): void {
    const { engine, matching } = this.#options;
    const taskId = engine.ids.uuid();
    const start = (): NexusHandout | undefined => {
      const found = this.#find(call.runKey, call.scheduledEventId, call.method);
      if (!found || !this.#calls.has(call)) return undefined;
      const options = this.#requestOptions(call.method, deadlineMs);
      return {
        taskToken: encodeNexusTaskToken({ ...target, taskId }),
        request: buildRequest(engine, found.context, found.operation, options),
      };
    };
    this.#byTaskId.set(taskId, call);
    const takeBack = matching.addNexusTask(target.namespaceId, target.taskQueue, { start });
    call.withdraw = () => {
      takeBack();
      this.#byTaskId.delete(taskId);
    };
  }

  #requestOptions(method: NexusCall['method'], deadlineMs: number) {
    return { method, deadlineMs, nowMs: this.#options.clock.nowMs(), clusterId: this.#options.clusterId };
  }

  #requireCall(taskId: string): PendingCall {
    const call = this.#byTaskId.get(taskId);
    if (!call) throw new NotFoundError('Nexus task not found or already expired');
    return call;
  }

  /** The run and the operation, if it still waits for this call. */
  #find(
    runKey: RunKey,
    scheduledEventId: number,
    method: NexusCall['method'],
  ): { context: RunContext; operation: PendingNexusOperation } | undefined {
    try {
      const context = this.#options.engine.load(runKey);
      const operation = context.state.nexusOperations.get(scheduledEventId);
      return context.state.isRunning && operation && isCallDue(operation, method) ? { context, operation } : undefined;
    } catch (error) {
      if (error instanceof NotFoundError) return undefined;
      throw error;
    }
  }

  #settle(call: PendingCall, outcome: CallOutcome): void {
    if (!this.#calls.has(call)) return;
    this.#drop(call);
    const found = this.#find(call.runKey, call.scheduledEventId, call.method);
    if (!found) return;
    try {
      this.#options.engine.transact(found.context, (tx) => {
        if (call.method === 'start') recordStartOutcome(tx, found.operation, outcome as StartOutcome);
        else recordCancelOutcome(tx, found.operation, outcome as CancelOutcome);
        if (tx.history.hasAdded) ensureWorkflowTask(tx);
      });
    } catch (error) {
      this.#options.onInternalError(error, `outcome of a Nexus call of run ${call.runKey}`);
    }
  }

  #drop(call: PendingCall): void {
    this.#calls.delete(call);
    call.timer?.cancel();
    call.withdraw();
  }
}

function timedOut(target: 'worker' | 'external'): CallOutcome {
  return target === 'worker'
    ? { type: 'refused', error: handlerError('UPSTREAM_TIMEOUT', { message: 'upstream timeout' }) }
    : { type: 'lost', error: { message: 'request timed out', isRetryable: true } };
}
