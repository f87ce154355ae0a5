/**
 * Updates: admitting one, and waiting for how far it comes. The boundary between the update rpcs and the registry.
 */
import { NotFoundError, WorkflowNotReadyError } from '../errors.js';
import { temporalProto } from '../proto/root.js';
import type { temporal } from '../proto/root.js';
import type { HistoryEngine } from './history-engine.js';
import { limits } from './limits.js';
import type { RunContext } from './run-context.js';
import { acceptedUpdateOutcome, workflowClosing } from './update-endings.js';
import { Update } from './update-registry.js';
import type { UpdateStatus } from './update-registry.js';
import { scheduleWorkflowTask } from './workflow-task.js';

type UpdateRequest = temporal.api.update.v1.IRequest;

const Stage = temporalProto.api.enums.v1.UpdateWorkflowExecutionLifecycleStage;
/** From this attempt on the workflow task counts as failing for good, and updates fail at once. */
const FAILING_ATTEMPT = 3;

/** Admits an update, or joins the one with the same id. Throws NotFoundError on a closed run that does not know it. */
export function admitUpdate(engine: HistoryEngine, context: RunContext, request: UpdateRequest): Update {
  const { state } = context;
  const updateId = request.meta?.updateId ?? '';
  const known = findUpdate(engine, context, updateId);
  if (!state.isRunning) {
    if (known) return known;
    throw new NotFoundError('workflow execution already completed');
  }
  if (known) return known;
  if (state.workflowTaskAttempt >= FAILING_ATTEMPT) {
    throw new WorkflowNotReadyError(
      'Unable to perform workflow execution update due to Workflow Task in failed state.',
    );
  }
  if (state.closeAttempted && state.isWorkflowTaskStarted) throw workflowClosing();
  const update = context.updates.admit(updateId, request, state.updates.size, engine.limits);
  // A task that is scheduled or out brings it; else one is made just for it. A first task that is still delayed waits.
  if (!state.workflowTask && state.firstWorkflowTaskDueMs === 0) {
    engine.transact(context, (tx) => scheduleWorkflowTask(tx, { isSpeculative: true }));
  }
  return update;
}

/** The update with this id: of the registry, or of the history. */
export function findUpdate(engine: HistoryEngine, context: RunContext, updateId: string): Update | undefined {
  const live = context.updates.find(updateId);
  if (live) return live;
  const stored = context.state.updates.get(updateId);
  // One that was admitted only is in the registry, or gone with its run.
  if (!stored || stored.acceptedEventId === 0) return undefined;
  if (stored.completedEventId !== 0) {
    const event = engine.readEvent(context, stored.completedEventId);
    const done = new Update(updateId, undefined, 'completed');
    done.outcome = event?.workflowExecutionUpdateCompletedEventAttributes?.outcome ?? {};
    return done;
  }
  if (context.state.isRunning) return context.updates.restoreAccepted(updateId, stored.acceptedEventId);
  const ended = new Update(updateId, undefined, 'aborted');
  ended.outcome = acceptedUpdateOutcome();
  return ended;
}

/** Waits until the update has reached `stage`; at the service's own deadline answers with what was reached. */
export function waitForUpdate(update: Update, stage: number, signal: AbortSignal): Promise<UpdateStatus> {
  const wanted = stage || Stage.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ADMITTED;
  return new Promise((resolve, reject) => {
    const listening: { stop?: () => void } = {};
    const finish = (act: () => void): void => {
      listening.stop?.();
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      act();
    };
    const check = (): boolean => {
      try {
        const status = update.statusFor(wanted);
        if (!status) return false;
        finish(() => resolve(status));
      } catch (error) {
        finish(() => reject(error instanceof Error ? error : new Error(String(error))));
      }
      return true;
    };
    const onAbort = (): void => finish(() => resolve(update.currentStatus()));
    const timer = setTimeout(onAbort, limits.updateWaitMs);
    if (check()) return;
    listening.stop = update.onChange(check);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
}
