/**
 * Runs the commands of a completed workflow task, in order, through one handler per command.
 * The rule it guards: a close command is the last one, and an unknown command is refused before any is run.
 */
import { InvalidArgumentError } from '../../errors.js';
import { temporalProto } from '../../proto/root.js';
import type { temporal } from '../../proto/root.js';
import { cancelTimer } from './cancel-timer.js';
import { cancelWorkflowExecution } from './cancel-workflow-execution.js';
import { CommandRefusedError } from './command-context.js';
import type { CommandContext } from './command-context.js';
import { completeWorkflowExecution } from './complete-workflow-execution.js';
import { continueAsNewWorkflowExecution } from './continue-as-new-workflow-execution.js';
import { failWorkflowExecution } from './fail-workflow-execution.js';
import { modifyWorkflowProperties } from './modify-workflow-properties.js';
import { recordMarker } from './record-marker.js';
import { requestCancelActivityTask } from './request-cancel-activity-task.js';
import { requestCancelExternalWorkflowExecution } from './request-cancel-external-workflow-execution.js';
import { requestCancelNexusOperation } from './request-cancel-nexus-operation.js';
import { scheduleActivityTask } from './schedule-activity-task.js';
import { scheduleNexusOperationCommand } from './schedule-nexus-operation.js';
import { signalExternalWorkflowExecution } from './signal-external-workflow-execution.js';
import { startChildWorkflowExecution } from './start-child-workflow-execution.js';
import { startTimer } from './start-timer.js';
import { upsertWorkflowSearchAttributes } from './upsert-workflow-search-attributes.js';

type Command = temporal.api.command.v1.ICommand;

const { CommandType, WorkflowTaskFailedCause: Cause } = temporalProto.api.enums.v1;

const CLOSE_COMMANDS: ReadonlySet<number> = new Set<number>([
  CommandType.COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION,
  CommandType.COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION,
  CommandType.COMMAND_TYPE_CANCEL_WORKFLOW_EXECUTION,
  CommandType.COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION,
]);

/** Throws InvalidArgumentError when the order of the commands makes no sense. */
export function validateCommandSequence(commands: readonly Command[]): void {
  commands.forEach((command, index) => {
    const type = command.commandType ?? 0;
    if (!CLOSE_COMMANDS.has(type) || index === commands.length - 1) return;
    const names = commands.map((each) => commandName(each.commandType ?? 0)).join(', ');
    throw new InvalidArgumentError(
      `invalid command sequence: [${names}], command ${commandName(type)} must be the last command.`,
    );
  });
}

/** Runs one command. `takeMessage` handles the protocol message that a PROTOCOL_MESSAGE command stands for. */
export function runCommand(context: CommandContext, command: Command, takeMessage: (messageId: string) => void): void {
  const metadata = command.userMetadata ?? null;
  switch (command.commandType) {
    case CommandType.COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK:
      return scheduleActivityTask(
        context,
        requireAttributes(
          command.scheduleActivityTaskCommandAttributes,
          Cause.WORKFLOW_TASK_FAILED_CAUSE_BAD_SCHEDULE_ACTIVITY_ATTRIBUTES,
          'ScheduleActivityTask',
        ),
        metadata,
      );
    case CommandType.COMMAND_TYPE_REQUEST_CANCEL_ACTIVITY_TASK:
      return requestCancelActivityTask(
        context,
        requireAttributes(
          command.requestCancelActivityTaskCommandAttributes,
          Cause.WORKFLOW_TASK_FAILED_CAUSE_BAD_REQUEST_CANCEL_ACTIVITY_ATTRIBUTES,
          'RequestCancelActivityTask',
        ),
      );
    case CommandType.COMMAND_TYPE_START_TIMER:
      return startTimer(
        context,
        requireAttributes(
          command.startTimerCommandAttributes,
          Cause.WORKFLOW_TASK_FAILED_CAUSE_BAD_START_TIMER_ATTRIBUTES,
          'StartTimer',
        ),
        metadata,
      );
    case CommandType.COMMAND_TYPE_CANCEL_TIMER:
      return cancelTimer(
        context,
        requireAttributes(
          command.cancelTimerCommandAttributes,
          Cause.WORKFLOW_TASK_FAILED_CAUSE_BAD_CANCEL_TIMER_ATTRIBUTES,
          'CancelTimer',
        ),
      );
    case CommandType.COMMAND_TYPE_RECORD_MARKER:
      return recordMarker(
        context,
        requireAttributes(
          command.recordMarkerCommandAttributes,
          Cause.WORKFLOW_TASK_FAILED_CAUSE_BAD_RECORD_MARKER_ATTRIBUTES,
          'RecordMarker',
        ),
        metadata,
      );
    case CommandType.COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION:
      return completeWorkflowExecution(
        context,
        requireAttributes(
          command.completeWorkflowExecutionCommandAttributes,
          Cause.WORKFLOW_TASK_FAILED_CAUSE_BAD_COMPLETE_WORKFLOW_EXECUTION_ATTRIBUTES,
          'CompleteWorkflowExecution',
        ),
        metadata,
      );
    case CommandType.COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION:
      return failWorkflowExecution(
        context,
        requireAttributes(
          command.failWorkflowExecutionCommandAttributes,
          Cause.WORKFLOW_TASK_FAILED_CAUSE_BAD_FAIL_WORKFLOW_EXECUTION_ATTRIBUTES,
          'FailWorkflowExecution',
        ),
        metadata,
      );
    case CommandType.COMMAND_TYPE_CANCEL_WORKFLOW_EXECUTION:
      return cancelWorkflowExecution(
        context,
        requireAttributes(
          command.cancelWorkflowExecutionCommandAttributes,
          Cause.WORKFLOW_TASK_FAILED_CAUSE_BAD_CANCEL_WORKFLOW_EXECUTION_ATTRIBUTES,
          'CancelWorkflowExecution',
        ),
        metadata,
      );
    case CommandType.COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION:
      return continueAsNewWorkflowExecution(
        context,
        requireAttributes(
          command.continueAsNewWorkflowExecutionCommandAttributes,
          Cause.WORKFLOW_TASK_FAILED_CAUSE_BAD_CONTINUE_AS_NEW_ATTRIBUTES,
          'ContinueAsNewWorkflowExecution',
        ),
        metadata,
      );
    case CommandType.COMMAND_TYPE_START_CHILD_WORKFLOW_EXECUTION:
      return startChildWorkflowExecution(
        context,
        requireAttributes(
          command.startChildWorkflowExecutionCommandAttributes,
          Cause.WORKFLOW_TASK_FAILED_CAUSE_BAD_START_CHILD_EXECUTION_ATTRIBUTES,
          'StartChildWorkflowExecution',
        ),
        metadata,
      );
    case CommandType.COMMAND_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION:
      return signalExternalWorkflowExecution(
        context,
        requireAttributes(
          command.signalExternalWorkflowExecutionCommandAttributes,
          Cause.WORKFLOW_TASK_FAILED_CAUSE_BAD_SIGNAL_WORKFLOW_EXECUTION_ATTRIBUTES,
          'SignalExternalWorkflowExecution',
        ),
        metadata,
      );
    case CommandType.COMMAND_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION:
      return requestCancelExternalWorkflowExecution(
        context,
        requireAttributes(
          command.requestCancelExternalWorkflowExecutionCommandAttributes,
          Cause.WORKFLOW_TASK_FAILED_CAUSE_BAD_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_ATTRIBUTES,
          'RequestCancelExternalWorkflowExecution',
        ),
        metadata,
      );
    case CommandType.COMMAND_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES:
      return upsertWorkflowSearchAttributes(
        context,
        requireAttributes(
          command.upsertWorkflowSearchAttributesCommandAttributes,
          Cause.WORKFLOW_TASK_FAILED_CAUSE_BAD_SEARCH_ATTRIBUTES,
          'UpsertWorkflowSearchAttributes',
        ),
      );
    case CommandType.COMMAND_TYPE_MODIFY_WORKFLOW_PROPERTIES:
      return modifyWorkflowProperties(
        context,
        requireAttributes(
          command.modifyWorkflowPropertiesCommandAttributes,
          Cause.WORKFLOW_TASK_FAILED_CAUSE_BAD_MODIFY_WORKFLOW_PROPERTIES_ATTRIBUTES,
          'ModifyWorkflowProperties',
        ),
      );
    case CommandType.COMMAND_TYPE_SCHEDULE_NEXUS_OPERATION:
      return scheduleNexusOperationCommand(context, command.scheduleNexusOperationCommandAttributes, metadata);
    case CommandType.COMMAND_TYPE_REQUEST_CANCEL_NEXUS_OPERATION:
      return requestCancelNexusOperation(context, command.requestCancelNexusOperationCommandAttributes, metadata);
    case CommandType.COMMAND_TYPE_PROTOCOL_MESSAGE:
      return takeMessage(
        requireAttributes(
          command.protocolMessageCommandAttributes,
          Cause.WORKFLOW_TASK_FAILED_CAUSE_BAD_UPDATE_WORKFLOW_EXECUTION_MESSAGE,
          'ProtocolMessage',
        ).messageId ?? '',
      );
    default:
      throw new InvalidArgumentError(`unknown command type: ${commandName(command.commandType ?? 0)}`);
  }
}

function requireAttributes<T>(
  attributes: T | null | undefined,
  cause: temporal.api.enums.v1.WorkflowTaskFailedCause,
  command: string,
): T {
  if (attributes) return attributes;
  throw new CommandRefusedError(cause, `${command}CommandAttributes is not set on ${command}Command.`);
}

/** `CompleteWorkflowExecution` for COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION, as the official server prints it. */
function commandName(type: number): string {
  const name = (CommandType as unknown as Record<number, string>)[type] ?? String(type);
  return name
    .replace('COMMAND_TYPE_', '')
    .toLowerCase()
    .replace(/(^|_)([a-z])/g, (_match, _separator, letter: string) => letter.toUpperCase());
}
