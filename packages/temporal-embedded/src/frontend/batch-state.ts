/** The state of a batch operation, by the status of the workflow that it is. */
import { temporalProto } from '../proto/root.js';

const { BatchOperationState: State, WorkflowExecutionStatus: Status } = temporalProto.api.enums.v1;

export function batchState(status: number): number {
  if (status === Status.WORKFLOW_EXECUTION_STATUS_RUNNING) return State.BATCH_OPERATION_STATE_RUNNING;
  if (status === Status.WORKFLOW_EXECUTION_STATUS_COMPLETED) return State.BATCH_OPERATION_STATE_COMPLETED;
  return State.BATCH_OPERATION_STATE_FAILED;
}
