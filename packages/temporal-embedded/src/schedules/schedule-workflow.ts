/**
 * What a schedule looks like from the side of workflows: the official service runs each as a workflow of its own, which
 * shows in lists, in list filters, and in what it says of a schedule that is not there.
 */
import { NAMESPACE_DIVISION } from '../visibility/system-columns.js';

const PREFIX = 'temporal-sys-scheduler:';
export const SCHEDULE_WORKFLOW_TYPE = 'temporal-sys-scheduler-workflow';
export const SCHEDULE_TASK_QUEUE = 'temporal-sys-per-ns-tq';
export const SCHEDULE_DIVISION = 'TemporalScheduler';

export const scheduleWorkflowId = (scheduleId: string): string => PREFIX + scheduleId;

/** The schedule of such a workflow id. */
export const scheduleIdOf = (workflowId: string): string => workflowId.slice(PREFIX.length);

/** The list filter that finds all schedules, or those that fit another filter as well. */
export function schedulesQuery(filter: string): string {
  const all = `WorkflowType = '${SCHEDULE_WORKFLOW_TYPE}' AND ${NAMESPACE_DIVISION} = '${SCHEDULE_DIVISION}' AND ExecutionStatus = 'Running'`;
  return filter === '' ? all : `${all} AND (${filter})`;
}
