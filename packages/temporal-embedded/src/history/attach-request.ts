/** A start request that joins a run which is already there: its request id (and callbacks, links) are recorded with it. */
import type { temporal } from '../proto/root.js';
import { InvalidArgumentError } from '../errors.js';
import { addCallbacks } from './completion-callback.js';
import { EventType } from './history-builder.js';
import type { HistoryEvent } from './history-builder.js';
import type { HistoryEngine } from './history-engine.js';
import type { RunContext } from './run-context.js';

/** Does nothing when the request id is known already. */
export function attachToRun(
  engine: HistoryEngine,
  context: RunContext,
  request: temporal.api.workflowservice.v1.IStartWorkflowExecutionRequest,
  requestId: string,
): void {
  const options = request.onConflictOptions;
  const callbacks = options?.attachCompletionCallbacks ? (request.completionCallbacks ?? []) : [];
  const links = options?.attachLinks ? (request.links ?? []) : [];
  if (!options?.attachRequestId && callbacks.length === 0 && links.length === 0) return;
  const attachedRequestId = options?.attachRequestId ? requestId : '';
  if (attachedRequestId !== '' && context.state.requestIds.get(attachedRequestId)) return;
  const attached = context.state.callbacks.size;
  if (callbacks.length + attached > engine.limits.callbacksPerRun) {
    throw new InvalidArgumentError(
      `cannot attach more than ${engine.limits.callbacksPerRun} callbacks to a workflow (${attached} callbacks already attached)`,
    );
  }
  engine.transact(context, (tx) => {
    if (attachedRequestId !== '') {
      tx.state.requestIds.put(attachedRequestId, {
        requestId: attachedRequestId,
        eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED,
        eventId: 0,
      });
    }
    const event: HistoryEvent = {
      workflowExecutionOptionsUpdatedEventAttributes: {
        ...(attachedRequestId === '' ? {} : { attachedRequestId }),
        ...(callbacks.length > 0 ? { attachedCompletionCallbacks: callbacks } : {}),
      },
      workerMayIgnore: true,
    };
    if (links.length > 0) event.links = [...links];
    tx.history.add(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED, event);
    addCallbacks(tx.state, attachedRequestId, callbacks, tx.nowMs);
  });
}
