/**
 * Brings the end of a workflow to the Nexus operation that it stands behind: the effect of one run on another, in the
 * same turn and so in the same commit. That the workflow has ended and that its caller knows are one fact.
 */
import { NotFoundError } from '../errors.js';
import {
  CALLBACK_TOKEN_HEADER,
  OPERATION_TOKEN_HEADER,
  SERVICE_CALLBACK_URL,
  decodeCallbackToken,
} from '../nexus/callback-token.js';
import type { CallbackTarget } from '../nexus/callback-token.js';
import type { Completion } from '../nexus/operation-outcome.js';
import { temporalProto } from '../proto/root.js';
import type { temporal } from '../proto/root.js';
import { recordDelivery } from './completion-callback.js';
import type { HistoryEngine } from './history-engine.js';
import { OperationState, recordCompletion, recordStarted } from './nexus-operation.js';
import type { RunContext } from './run-context.js';
import { requireRunning } from './run-requests.js';
import { startedLink } from './started-link.js';
import { ensureWorkflowTask } from './workflow-task.js';

const CallbackMessage = temporalProto.api.common.v1.Callback;

/** How an operation is found to have started when nobody has said so: what its callback tells of the start. */
interface StartHint {
  readonly operationToken: string;
  readonly startTimeMs: number;
  readonly links: readonly temporal.api.common.v1.ILink[];
}

/** Calls one callback of a run that has closed. */
export function deliverCallback(
  engine: HistoryEngine,
  handler: RunContext,
  callbackId: string,
  completion: Completion,
): void {
  const callback = handler.state.callbacks.get(callbackId);
  if (!callback) return;
  const { nexus } = CallbackMessage.decode(callback.callback);
  const header = new Map(Object.entries(nexus?.header ?? {}).map(([key, value]) => [key.toLowerCase(), value]));
  const target = decodeCallbackToken(header.get(CALLBACK_TOKEN_HEADER) ?? '');
  let error: string | undefined;
  if (nexus?.url !== SERVICE_CALLBACK_URL || !target) {
    error = 'handler error (BAD_REQUEST): invalid callback token';
  } else {
    error = tryCompleteOperation(engine, target, completion, {
      operationToken: header.get(OPERATION_TOKEN_HEADER) ?? '',
      startTimeMs: handler.state.info.startTimeMs,
      links: [startedLink(handler.state)],
    });
  }
  engine.transact(handler, (tx) => recordDelivery(tx, callbackId, callback, error));
}

function tryCompleteOperation(
  engine: HistoryEngine,
  target: CallbackTarget,
  completion: Completion,
  start: StartHint,
): string | undefined {
  try {
    completeOperation(engine, target, completion, start);
    return undefined;
  } catch (error) {
    if (error instanceof NotFoundError) return `handler error (NOT_FOUND): ${error.message}`;
    throw error;
  }
}

/** Throws NotFoundError when the operation is not there (any more). */
function completeOperation(
  engine: HistoryEngine,
  target: CallbackTarget,
  completion: Completion,
  start: StartHint,
): void {
  const caller = findCaller(engine, target);
  requireRunning(caller);
  engine.transact(caller, (tx) => {
    const operation = tx.state.nexusOperations.get(target.scheduledEventId);
    if (!operation || operation.requestId !== target.requestId) throw new NotFoundError('operation not found');
    if (operation.state !== OperationState.Started) {
      recordStarted(tx, operation, start.operationToken, start.links, start.startTimeMs);
    }
    recordCompletion(tx, operation, completion);
    ensureWorkflowTask(tx);
  });
}

/** The run that asked, or the one that a reset has put in its place. */
function findCaller(engine: HistoryEngine, target: CallbackTarget): RunContext {
  const asked = engine.findRun(target.namespaceId, target.workflowId, target.runId);
  if (asked.state.isRunning) return asked;
  const current = engine.tryFindRun(target.namespaceId, target.workflowId, '');
  const operation = current?.state.nexusOperations.get(target.scheduledEventId);
  return current && operation?.requestId === target.requestId ? current : asked;
}
