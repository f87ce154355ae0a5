/** MODIFY_WORKFLOW_PROPERTIES: merges fields into the run's memo. */
import { temporalProto } from '../../proto/root.js';
import type { temporal } from '../../proto/root.js';
import { EventType } from '../history-builder.js';
import { mergePayloads } from '../payload-map.js';
import { CommandRefusedError } from './command-context.js';
import type { CommandContext } from './command-context.js';

const BAD =
  temporalProto.api.enums.v1.WorkflowTaskFailedCause
    .WORKFLOW_TASK_FAILED_CAUSE_BAD_MODIFY_WORKFLOW_PROPERTIES_ATTRIBUTES;
const { Memo } = temporalProto.api.common.v1;
const COMMAND = 'ModifyWorkflowPropertiesCommand';

export function modifyWorkflowProperties(
  context: CommandContext,
  command: temporal.api.command.v1.IModifyWorkflowPropertiesCommandAttributes,
): void {
  const { tx } = context;
  if (!command.upsertedMemo) throw new CommandRefusedError(BAD, `UpsertedMemo is not set on ${COMMAND}.`);
  const changes = command.upsertedMemo.fields;
  if (!changes || Object.keys(changes).length === 0) {
    throw new CommandRefusedError(BAD, `UpsertedMemo.Fields is not set on ${COMMAND}.`);
  }
  tx.history.add(EventType.EVENT_TYPE_WORKFLOW_PROPERTIES_MODIFIED, {
    workflowPropertiesModifiedEventAttributes: {
      workflowTaskCompletedEventId: context.workflowTaskCompletedEventId,
      upsertedMemo: command.upsertedMemo,
    },
  });
  const current = Memo.decode(tx.state.memo).fields ?? {};
  tx.state.memo = Memo.encode({ fields: mergePayloads(current, changes) }).finish();
  tx.visibilityChanged = true;
}
