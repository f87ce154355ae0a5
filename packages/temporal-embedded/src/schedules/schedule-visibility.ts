/** What list filters find a schedule by: the record that its workflow would have. */
import type { SearchAttributeCatalog } from '../history/ports.js';
import type { RunKey, VisibilityRecord } from '../persistence/store.js';
import { temporalProto } from '../proto/root.js';
import type { temporal } from '../proto/root.js';
import { NAMESPACE_DIVISION } from '../visibility/system-columns.js';
import type { ScheduleState } from './schedule-state.js';
import {
  SCHEDULE_DIVISION,
  SCHEDULE_TASK_QUEUE,
  SCHEDULE_WORKFLOW_TYPE,
  scheduleWorkflowId,
} from './schedule-workflow.js';

const { Memo, SearchAttributes } = temporalProto.api.common.v1;
const { WORKFLOW_EXECUTION_STATUS_RUNNING } = temporalProto.api.enums.v1.WorkflowExecutionStatus;

const PAUSED = 'TemporalSchedulePaused';
/** The service's own; a client's values for them are not kept. */
const OWN_ATTRIBUTES: readonly string[] = [PAUSED, NAMESPACE_DIVISION, 'BuildIds', 'BinaryChecksums'];
const encoder = new TextEncoder();

/** A client's search attributes without the service's own; null when none are left. */
export function clientAttributes(
  attributes: temporal.api.common.v1.ISearchAttributes | null | undefined,
): temporal.api.common.v1.ISearchAttributes | null {
  const fields = Object.entries(attributes?.indexedFields ?? {}).filter(([name]) => !OWN_ATTRIBUTES.includes(name));
  return fields.length === 0 ? null : { indexedFields: Object.fromEntries(fields) };
}

export function scheduleVisibility(
  key: RunKey,
  state: ScheduleState,
  catalog: SearchAttributeCatalog,
): VisibilityRecord {
  const workflowId = scheduleWorkflowId(state.scheduleId);
  const attributes = catalog.typed(state.namespaceId, {
    indexedFields: {
      ...state.searchAttributes?.indexedFields,
      [PAUSED]: jsonPayload(state.schedule.state.paused === true),
      [NAMESPACE_DIVISION]: jsonPayload(SCHEDULE_DIVISION),
    },
  });
  return {
    runKey: key,
    namespaceId: state.namespaceId,
    workflowId,
    runId: state.runId,
    workflowType: SCHEDULE_WORKFLOW_TYPE,
    taskQueue: SCHEDULE_TASK_QUEUE,
    status: WORKFLOW_EXECUTION_STATUS_RUNNING,
    startTimeMs: state.createTimeMs,
    executionTimeMs: state.createTimeMs,
    rootWorkflowId: workflowId,
    rootRunId: state.runId,
    indexedValues: catalog.indexedValues(state.namespaceId, attributes),
    searchAttributes: SearchAttributes.encode(attributes).finish(),
    ...(state.memo && { memo: Memo.encode(state.memo).finish() }),
  };
}

const jsonPayload = (value: unknown): temporal.api.common.v1.IPayload => ({
  metadata: { encoding: encoder.encode('json/plain') },
  data: encoder.encode(JSON.stringify(value)),
});
