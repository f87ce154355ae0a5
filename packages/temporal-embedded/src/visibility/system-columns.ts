/**
 * The search attributes that the service writes itself, and the columns they are kept in. All other names are kept as
 * values by name: predefined ones (which SDKs and the service set) and those that were added to a namespace.
 */
import type { VisibilityColumn } from '../persistence/visibility-filter.js';

/** `ms`: the column counts milliseconds where the filter language counts nanoseconds. */
export interface SystemColumn {
  readonly column: VisibilityColumn;
  readonly unit?: 'ms';
}

const BY_NAME: ReadonlyMap<string, SystemColumn> = new Map([
  ['WorkflowId', { column: 'workflowId' }],
  ['RunId', { column: 'runId' }],
  ['WorkflowType', { column: 'workflowType' }],
  ['TaskQueue', { column: 'taskQueue' }],
  ['ExecutionStatus', { column: 'status' }],
  ['StartTime', { column: 'startTimeMs', unit: 'ms' }],
  ['ExecutionTime', { column: 'executionTimeMs', unit: 'ms' }],
  ['CloseTime', { column: 'closeTimeMs', unit: 'ms' }],
  ['ExecutionDuration', { column: 'executionDurationMs', unit: 'ms' }],
  ['HistoryLength', { column: 'historyLength' }],
  ['HistorySizeBytes', { column: 'historySizeBytes' }],
  ['StateTransitionCount', { column: 'stateTransitionCount' }],
  ['ParentWorkflowId', { column: 'parentWorkflowId' }],
  ['ParentRunId', { column: 'parentRunId' }],
  ['RootWorkflowId', { column: 'rootWorkflowId' }],
  ['RootRunId', { column: 'rootRunId' }],
]);

export const findSystemColumn = (name: string): SystemColumn | undefined => BY_NAME.get(name);

/** Marks runs that belong to the service (schedules); lists leave them out unless their filter names it. */
export const NAMESPACE_DIVISION = 'TemporalNamespaceDivision';
