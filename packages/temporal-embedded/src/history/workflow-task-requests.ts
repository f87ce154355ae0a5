/**
 * What workers say about workflow tasks they hold: completed, or failed. The boundary between those rpcs and the
 * transitions: finds the task that a token names, and turns a refused command into a failed task.
 */
import { InvalidArgumentError, NotFoundError } from '../errors.js';
import { temporalProto } from '../proto/root.js';
import type { temporal } from '../proto/root.js';
import { CommandRefusedError } from './commands/command-context.js';
import { completeWorkflowTask, scheduleTaskForUpdates } from './complete-workflow-task.js';
import type { Completion } from './complete-workflow-task.js';
import type { HistoryEngine } from './history-engine.js';
import type { PendingWorkflowTask } from './mutable-state.js';
import type { ActivityTaskHandout, WorkflowTaskHandout } from './ports.js';
import type { RunContext } from './run-context.js';
import { activityTaskHandout, workflowTaskHandout } from './task-handout.js';
import type { TaskToken } from './task-token.js';
import { abortUpdatesOnFailedTask } from './update-endings.js';
import { SERVICE_IDENTITY, terminateWorkflow } from './workflow-close.js';
import { ensureWorkflowTask, failWorkflowTask } from './workflow-task.js';

type CompletedRequest = temporal.api.workflowservice.v1.IRespondWorkflowTaskCompletedRequest;

const Cause = temporalProto.api.enums.v1.WorkflowTaskFailedCause;

export interface WorkflowTaskReply {
  readonly newTask: WorkflowTaskHandout | undefined;
  readonly eagerActivities: readonly ActivityTaskHandout[];
  /** Where the worker has to roll its copy of the history back to; 0: nowhere. */
  readonly resetHistoryEventId: number;
}

/** The run and the started task that a token means. Throws NotFoundError when the task is not (any more) there. */
export function requireStartedTask(engine: HistoryEngine, token: TaskToken): RunContext {
  const context = findByToken(engine, token);
  const task = context?.state.workflowTask;
  const matches =
    context?.state.isRunning &&
    task !== undefined &&
    task.startedEventId !== 0 &&
    task.scheduledEventId === token.scheduledEventId &&
    task.startedEventId === token.startedEventId &&
    task.startedTimeMs === token.startedTimeMs &&
    context.state.workflowTaskAttempt === token.attempt;
  if (!context || !matches) throw new NotFoundError('Workflow task not found.');
  return context;
}

/** As above, for an rpc that tells a closed run from a task that is gone. */
function requireStartedTaskOfOpenRun(engine: HistoryEngine, token: TaskToken): RunContext {
  if (findByToken(engine, token)?.state.isRunning === false) {
    throw new NotFoundError('workflow execution already completed');
  }
  return requireStartedTask(engine, token);
}

/** The run that a token means, or undefined when it is gone. */
export function findByToken(engine: HistoryEngine, token: TaskToken): RunContext | undefined {
  try {
    const context = engine.load(token.runKey);
    return context.state.runId === token.runId ? context : undefined;
  } catch (error) {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  }
}

/** Throws NotFoundError for a stale token, InvalidArgumentError when the service refuses a command. */
export function respondWorkflowTaskCompleted(
  engine: HistoryEngine,
  token: TaskToken,
  request: CompletedRequest,
): WorkflowTaskReply {
  const context = requireStartedTask(engine, token);
  const taskBefore = { ...(context.state.workflowTask as PendingWorkflowTask) };
  let completion: Completion;
  try {
    completion = engine.transact(
      context,
      (tx) => {
        const result = completeWorkflowTask(tx, request, {
          namespaces: engine.namespaces,
          searchAttributes: engine.searchAttributes,
          nexusEndpoints: engine.nexusEndpoints,
          versions: engine.versions,
          readStartedEvent: engine.startedEventReader(context),
          updates: context.updates,
        });
        result.applyUpdates();
        return result;
      },
      { mayFail: true },
    );
  } catch (error) {
    // What is not stored is gone with the transition that was taken back.
    if (taskBefore.isSpeculative) context.state.workflowTask = taskBefore;
    if (error instanceof CommandRefusedError) refuseCompletion(engine, context, error, request);
    throw error;
  }
  const { state } = context;
  let newTask = completion.newTask;
  let hasNewTask = completion.hasNewTask;
  if (state.isRunning && !hasNewTask && context.updates.hasOutgoing && !state.workflowTask) {
    newTask = engine.transact(context, (tx) => scheduleTaskForUpdates(tx, request));
    hasNewTask = true;
  }
  for (const [id, result] of Object.entries(request.queryResults ?? {})) context.queries.answer(id, result);
  if (!hasNewTask) context.queries.unblockAll();
  if (completion.heartbeatTimedOut) throw new NotFoundError('workflow task heartbeat timeout');
  return {
    newTask: newTask
      ? workflowTaskHandout(context, newTask, {
          isHeartbeat: request.forceCreateNewWorkflowTask === true,
          isSameWorker: true,
        })
      : undefined,
    eagerActivities: completion.eagerActivities.map((activity) => activityTaskHandout(state, activity)),
    resetHistoryEventId: completion.isRecorded ? 0 : state.previousStartedEventId,
  };
}

function refuseCompletion(
  engine: HistoryEngine,
  context: RunContext,
  refusal: CommandRefusedError,
  request: CompletedRequest,
): never {
  const causeName = failedCauseName(refusal.failedCause);
  const message = refusal.message === '' ? causeName : `${causeName}: ${refusal.message}`;
  abortUpdatesOnFailedTask(context.updates);
  const isUnhandled = refusal.failedCause === Cause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND;
  // A task that keeps failing is left to time out, which spaces the attempts.
  if (context.state.workflowTaskAttempt === 1 || isUnhandled) {
    engine.transact(context, (tx) => {
      failWorkflowTask(tx, {
        cause: refusal.failedCause,
        failure: { message, serverFailureInfo: {} },
        identity: request.identity ?? '',
        ...(request.binaryChecksum ? { binaryChecksum: request.binaryChecksum } : {}),
      });
      if (refusal.terminatesWorkflow) {
        terminateWorkflow(tx, { reason: message, details: null, identity: SERVICE_IDENTITY });
      } else {
        ensureWorkflowTask(tx);
      }
    });
  }
  throw new InvalidArgumentError(message);
}

/** The worker could not make anything of the task. */
export function respondWorkflowTaskFailed(
  engine: HistoryEngine,
  token: TaskToken,
  request: temporal.api.workflowservice.v1.IRespondWorkflowTaskFailedRequest,
): void {
  const context = requireStartedTaskOfOpenRun(engine, token);
  engine.transact(context, (tx) => {
    failWorkflowTask(tx, {
      cause: request.cause ?? Cause.WORKFLOW_TASK_FAILED_CAUSE_UNSPECIFIED,
      failure: request.failure ?? null,
      identity: request.identity ?? '',
      ...(request.binaryChecksum ? { binaryChecksum: request.binaryChecksum } : {}),
    });
    ensureWorkflowTask(tx);
  });
}

/** `UnhandledCommand` for WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND. */
export function failedCauseName(cause: number): string {
  const name = (Cause as unknown as Record<number, string>)[cause] ?? String(cause);
  return name
    .replace('WORKFLOW_TASK_FAILED_CAUSE_', '')
    .toLowerCase()
    .replace(/(^|_)([a-z])/g, (_match, _separator, letter: string) => letter.toUpperCase());
}
