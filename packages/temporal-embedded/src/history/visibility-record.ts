/** What `list` and `count` get to see of a run, made from its mutable state. */
import type { SearchAttributeValue, VisibilityRecord } from '../persistence/store.js';
import { temporalProto } from '../proto/root.js';
import type { MutableState } from './mutable-state.js';
import type { SearchAttributeCatalog } from './ports.js';

const { SearchAttributes } = temporalProto.api.common.v1;

export function visibilityRecord(state: MutableState, catalog: SearchAttributeCatalog): VisibilityRecord {
  const { info } = state;
  const attributes = state.searchAttributes.length > 0 ? SearchAttributes.decode(state.searchAttributes) : undefined;
  return {
    runKey: state.runKey,
    namespaceId: state.namespaceId,
    workflowId: state.workflowId,
    runId: state.runId,
    workflowType: info.workflowType,
    taskQueue: info.taskQueue,
    status: state.status,
    startTimeMs: info.startTimeMs,
    executionTimeMs: info.executionTimeMs,
    rootWorkflowId: info.rootWorkflowId,
    rootRunId: info.rootRunId,
    indexedValues: attributes ? catalog.indexedValues(state.namespaceId, attributes) : NO_VALUES,
    ...(state.isRunning
      ? {}
      : {
          closeTimeMs: state.closeTimeMs,
          historyLength: state.nextEventId - 1,
          historySizeBytes: state.historySizeBytes,
          stateTransitionCount: state.stateTransitionCount,
        }),
    ...(info.parentWorkflowId ? { parentWorkflowId: info.parentWorkflowId, parentRunId: info.parentRunId } : {}),
    ...(state.memo.length > 0 ? { memo: state.memo } : {}),
    ...(state.searchAttributes.length > 0 ? { searchAttributes: state.searchAttributes } : {}),
  };
}

const NO_VALUES: ReadonlyMap<string, SearchAttributeValue> = new Map();
