/** CONTINUE_AS_NEW_WORKFLOW_EXECUTION: closes the run and starts the next one of its chain with a fresh history. */
import { temporalProto } from '../../proto/root.js';
import type { temporal } from '../../proto/root.js';
import { EventType } from '../history-builder.js';
import { limits } from '../limits.js';
import { continueAsNewRun } from '../next-run.js';
import { durationFromMs, isNegativeDuration, msFromDuration } from '../proto-time.js';
import { fillRetryPolicy, validateRetryPolicy } from '../retry.js';
import { requireTaskQueueName } from '../task-queue-name.js';
import { closeWorkflow } from '../workflow-close.js';
import { effectiveRunTimeoutMs, effectiveTaskTimeoutMs } from '../workflow-start.js';
import { CommandRefusedError, explainInvalid, refuseOnInvalid, requireNoUnseenEvents } from './command-context.js';
import type { CommandContext } from './command-context.js';

type Attributes = temporal.api.command.v1.IContinueAsNewWorkflowExecutionCommandAttributes;

const Cause = temporalProto.api.enums.v1.WorkflowTaskFailedCause;
const Status = temporalProto.api.enums.v1.WorkflowExecutionStatus;
const Initiator = temporalProto.api.enums.v1.ContinueAsNewInitiator;
const COMMAND = 'ContinueAsNewWorkflowExecutionCommand';
const BAD = Cause.WORKFLOW_TASK_FAILED_CAUSE_BAD_CONTINUE_AS_NEW_ATTRIBUTES;

export function continueAsNewWorkflowExecution(
  context: CommandContext,
  command: Attributes,
  metadata: temporal.api.sdk.v1.IUserMetadata | null,
): void {
  requireNoUnseenEvents(context, Cause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND);
  const { tx } = context;
  const { info } = tx.state;
  const workflowType = command.workflowType?.name || info.workflowType;
  const taskQueue = command.taskQueue?.name || info.taskQueue;
  const names = `WorkflowType=${workflowType} TaskQueue=name:"${taskQueue}" kind:TASK_QUEUE_KIND_NORMAL`;
  if (workflowType.length > limits.idLength) {
    throw new CommandRefusedError(
      BAD,
      `WorkflowType on ${COMMAND} exceeds length limit. WorkflowType=${workflowType} Length=${workflowType.length} Limit=${limits.idLength}`,
    );
  }
  explainInvalid(
    () => requireTaskQueueName({ name: taskQueue }),
    (message) => `error validating ${COMMAND} TaskQueue: ${message}. ${names}`,
  );
  for (const [name, duration] of [
    ['WorkflowRunTimeout', command.workflowRunTimeout],
    ['WorkflowTaskTimeout', command.workflowTaskTimeout],
    ['BackoffStartInterval', command.backoffStartInterval],
  ] as const) {
    if (!isNegativeDuration(duration)) continue;
    throw new CommandRefusedError(BAD, `Invalid ${name} on ${COMMAND}: negative duration. ${names}`);
  }
  const retryPolicy = command.retryPolicy ? fillRetryPolicy(command.retryPolicy) : null;
  if (retryPolicy) {
    explainInvalid(
      () => validateRetryPolicy(retryPolicy),
      (message) => `invalid WorkflowRetryPolicy on ${COMMAND}: ${message}. ${names}`,
    );
  }
  refuseOnInvalid(Cause.WORKFLOW_TASK_FAILED_CAUSE_BAD_SEARCH_ATTRIBUTES, () =>
    context.searchAttributes.validate(tx.state.namespaceId, command.searchAttributes),
  );
  const runTimeoutMs = effectiveRunTimeoutMs(
    msFromDuration(command.workflowRunTimeout) || info.workflowRunTimeoutMs,
    info.workflowExecutionTimeoutMs,
  );
  const taskTimeoutMs = effectiveTaskTimeoutMs(
    msFromDuration(command.workflowTaskTimeout) || info.workflowTaskTimeoutMs,
    runTimeoutMs,
    tx.limits,
  );
  const completed: Attributes = {
    ...command,
    ...(command.searchAttributes
      ? { searchAttributes: context.searchAttributes.typed(tx.state.namespaceId, command.searchAttributes) }
      : {}),
    workflowType: { name: workflowType },
    taskQueue: { name: taskQueue, kind: temporalProto.api.enums.v1.TaskQueueKind.TASK_QUEUE_KIND_NORMAL },
    workflowRunTimeout: durationFromMs(runTimeoutMs),
    workflowTaskTimeout: durationFromMs(taskTimeoutMs),
    initiator: command.initiator || Initiator.CONTINUE_AS_NEW_INITIATOR_WORKFLOW,
    retryPolicy,
  };
  const nextRun = continueAsNewRun(tx, completed, context.versions);
  closeWorkflow(tx, {
    status: Status.WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW,
    eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW,
    attributes: {
      workflowExecutionContinuedAsNewEventAttributes: {
        newExecutionRunId: nextRun.runId,
        workflowType: completed.workflowType ?? null,
        taskQueue: completed.taskQueue ?? null,
        input: command.input ?? null,
        workflowRunTimeout: completed.workflowRunTimeout ?? null,
        workflowTaskTimeout: completed.workflowTaskTimeout ?? null,
        workflowTaskCompletedEventId: context.workflowTaskCompletedEventId,
        backoffStartInterval: command.backoffStartInterval ?? null,
        ...(command.initiator ? { initiator: command.initiator } : {}),
        failure: command.failure ?? null,
        lastCompletionResult: command.lastCompletionResult ?? null,
        header: command.header ?? null,
        memo: command.memo ?? null,
        searchAttributes: completed.searchAttributes ?? null,
        ...(command.inheritBuildId ? { inheritBuildId: true } : {}),
      },
      ...(metadata ? { userMetadata: metadata } : {}),
    },
    outcome: { type: 'completed', result: null },
    nextRun,
  });
}
