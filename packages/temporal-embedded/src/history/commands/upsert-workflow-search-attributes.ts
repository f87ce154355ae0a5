/** UPSERT_WORKFLOW_SEARCH_ATTRIBUTES: merges attributes into the run's and updates what `list` sees. */
import { temporalProto } from '../../proto/root.js';
import type { temporal } from '../../proto/root.js';
import { EventType } from '../history-builder.js';
import { mergePayloads } from '../payload-map.js';
import { CommandRefusedError, refuseOnInvalid } from './command-context.js';
import type { CommandContext } from './command-context.js';

const BAD = temporalProto.api.enums.v1.WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_BAD_SEARCH_ATTRIBUTES;
const { SearchAttributes } = temporalProto.api.common.v1;
const COMMAND = 'UpsertWorkflowSearchAttributesCommand';

export function upsertWorkflowSearchAttributes(
  context: CommandContext,
  command: temporal.api.command.v1.IUpsertWorkflowSearchAttributesCommandAttributes,
): void {
  const { tx } = context;
  const fields = command.searchAttributes?.indexedFields;
  if (!command.searchAttributes) throw new CommandRefusedError(BAD, `SearchAttributes is not set on ${COMMAND}.`);
  if (!fields || Object.keys(fields).length === 0) {
    throw new CommandRefusedError(BAD, `IndexedFields is not set on ${COMMAND}.`);
  }
  refuseOnInvalid(BAD, () => context.searchAttributes.validate(tx.state.namespaceId, command.searchAttributes));
  const typed = context.searchAttributes.typed(tx.state.namespaceId, command.searchAttributes);
  tx.history.add(EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES, {
    upsertWorkflowSearchAttributesEventAttributes: {
      workflowTaskCompletedEventId: context.workflowTaskCompletedEventId,
      searchAttributes: typed,
    },
  });
  const current = SearchAttributes.decode(tx.state.searchAttributes).indexedFields ?? {};
  tx.state.searchAttributes = SearchAttributes.encode({
    indexedFields: mergePayloads(current, typed.indexedFields ?? {}),
  }).finish();
  tx.visibilityChanged = true;
}
