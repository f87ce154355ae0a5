/** START_CHILD_WORKFLOW_EXECUTION: checks and completes the attributes; the child's run starts right after this transition. */
import { int64FromNumber } from '../../proto/int64.js';
import { temporalProto } from '../../proto/root.js';
import type { temporal } from '../../proto/root.js';
import { initiateChild } from '../child-workflow.js';
import { requireValidCron } from '../cron.js';
import { limits } from '../limits.js';
import { durationFromMs, isNegativeDuration, msFromDuration } from '../proto-time.js';
import { fillRetryPolicy, validateRetryPolicy } from '../retry.js';
import { requirePriority } from '../priority.js';
import { requireTaskQueueName } from '../task-queue-name.js';
import { effectiveRunTimeoutMs, effectiveTaskTimeoutMs } from '../workflow-start.js';
import { CommandRefusedError, explainInvalid, refuseOnInvalid } from './command-context.js';
import type { CommandContext } from './command-context.js';

type Attributes = temporal.api.command.v1.IStartChildWorkflowExecutionCommandAttributes;

const {
  WorkflowTaskFailedCause: Cause,
  ParentClosePolicy,
  WorkflowIdReusePolicy,
  TaskQueueKind,
} = temporalProto.api.enums.v1;
const COMMAND = 'StartChildWorkflowExecutionCommand';
const BAD = Cause.WORKFLOW_TASK_FAILED_CAUSE_BAD_START_CHILD_EXECUTION_ATTRIBUTES;

export function startChildWorkflowExecution(
  context: CommandContext,
  command: Attributes,
  metadata: temporal.api.sdk.v1.IUserMetadata | null,
): void {
  const { tx } = context;
  const { state } = tx;
  const namespace = command.namespace
    ? context.namespaces.require(command.namespace)
    : { id: state.namespaceId, name: state.info.namespace };
  const workflowId = command.workflowId ?? '';
  const workflowType = command.workflowType?.name ?? '';
  const names = `WorkflowId=${workflowId} WorkflowType=${workflowType} Namespace=${namespace.name}`;
  const refuse = (message: string): never => {
    throw new CommandRefusedError(BAD, message);
  };
  if (workflowId === '')
    refuse(
      `Required field WorkflowId is not set on ${COMMAND}. WorkflowType=${workflowType} Namespace=${namespace.name}`,
    );
  if (workflowType === '')
    refuse(
      `Required field WorkflowType is not set on ${COMMAND}. WorkflowId=${workflowId} Namespace=${namespace.name}`,
    );
  if (workflowId.length > limits.idLength)
    refuse(
      `WorkflowId on ${COMMAND} exceeds length limit. WorkflowId=${workflowId} Length=${workflowId.length} Limit=${limits.idLength} WorkflowType=${workflowType} Namespace=${namespace.name}`,
    );
  if (workflowType.length > limits.idLength)
    refuse(
      `WorkflowType on ${COMMAND} exceeds length limit. WorkflowId=${workflowId} WorkflowType=${workflowType} Length=${workflowType.length} Limit=${limits.idLength} Namespace=${namespace.name}`,
    );
  for (const [name, duration] of [
    ['WorkflowExecutionTimeout', command.workflowExecutionTimeout],
    ['WorkflowRunTimeout', command.workflowRunTimeout],
    ['WorkflowTaskTimeout', command.workflowTaskTimeout],
  ] as const) {
    if (isNegativeDuration(duration)) {
      refuse(`Invalid ${name} on ${COMMAND}: negative duration. ${names}`);
    }
  }
  const taskQueue = command.taskQueue?.name || state.info.taskQueue;
  explainInvalid(
    () => requireTaskQueueName({ name: taskQueue }),
    (message) =>
      `invalid TaskQueue on ${COMMAND}: ${message}. ${names} TaskQueue=name:"${taskQueue}" kind:TASK_QUEUE_KIND_NORMAL`,
  );
  const retryPolicy = command.retryPolicy ? fillRetryPolicy(command.retryPolicy) : null;
  if (retryPolicy) {
    explainInvalid(
      () => validateRetryPolicy(retryPolicy),
      (message) => `invalid WorkflowRetryPolicy on ${COMMAND}: ${message}. ${names}`,
    );
  }
  explainInvalid(
    () => requireValidCron(command.cronSchedule ?? '', tx.nowMs),
    (message) => `invalid CronSchedule on ${COMMAND}: ${message}. ${names}`,
  );
  refuseOnInvalid(Cause.WORKFLOW_TASK_FAILED_CAUSE_BAD_SEARCH_ATTRIBUTES, () =>
    context.searchAttributes.validate(namespace.id, command.searchAttributes),
  );
  refuseOnInvalid(Cause.WORKFLOW_TASK_FAILED_CAUSE_BAD_START_CHILD_EXECUTION_ATTRIBUTES, () =>
    requirePriority(command.priority),
  );
  if (state.children.size >= tx.limits.pendingChildren) {
    throw new CommandRefusedError(
      Cause.WORKFLOW_TASK_FAILED_CAUSE_PENDING_CHILD_WORKFLOWS_LIMIT_EXCEEDED,
      `the number of pending child workflow executions, ${state.children.size}, has reached the per-workflow limit of ${tx.limits.pendingChildren}`,
    );
  }
  const executionTimeoutMs = msFromDuration(command.workflowExecutionTimeout);
  const runTimeoutMs = effectiveRunTimeoutMs(msFromDuration(command.workflowRunTimeout), executionTimeoutMs);
  context.initiatedChildren.add(workflowId);
  initiateChild(
    tx,
    {
      namespace: namespace.name,
      namespaceId: namespace.id,
      workflowId,
      workflowType: { name: workflowType },
      taskQueue: {
        name: taskQueue,
        kind: TaskQueueKind.TASK_QUEUE_KIND_NORMAL,
      },
      input: command.input ?? null,
      workflowExecutionTimeout: durationFromMs(executionTimeoutMs),
      workflowRunTimeout: durationFromMs(runTimeoutMs),
      workflowTaskTimeout: durationFromMs(
        effectiveTaskTimeoutMs(msFromDuration(command.workflowTaskTimeout), runTimeoutMs, tx.limits),
      ),
      parentClosePolicy: command.parentClosePolicy || ParentClosePolicy.PARENT_CLOSE_POLICY_TERMINATE,
      workflowTaskCompletedEventId: int64FromNumber(context.workflowTaskCompletedEventId),
      workflowIdReusePolicy:
        command.workflowIdReusePolicy || WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
      retryPolicy,
      header: command.header ?? null,
      memo: command.memo ?? null,
      searchAttributes: command.searchAttributes
        ? context.searchAttributes.typed(namespace.id, command.searchAttributes)
        : null,
      ...(command.control ? { control: command.control } : {}),
      ...(command.cronSchedule ? { cronSchedule: command.cronSchedule } : {}),
      ...(command.inheritBuildId ? { inheritBuildId: true } : {}),
      ...(command.priority ? { priority: command.priority } : {}),
    },
    metadata,
  );
}
