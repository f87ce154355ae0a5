/** The rpcs of WorkflowService about workflow executions, workflow tasks, activity tasks, queries and updates. */
import { deleteWorkflowExecution } from './rpc/delete-workflow-execution.js';
import { describeTaskQueue } from './rpc/describe-task-queue.js';
import { describeWorkflowExecution } from './rpc/describe-workflow-execution.js';
import { describeWorker } from './rpc/describe-worker.js';
import { executeMultiOperation } from './rpc/execute-multi-operation.js';
import { getWorkflowExecutionHistoryReverse } from './rpc/get-workflow-execution-history-reverse.js';
import { getWorkflowExecutionHistory } from './rpc/get-workflow-execution-history.js';
import { listWorkers } from './rpc/list-workers.js';
import { listTaskQueuePartitions } from './rpc/list-task-queue-partitions.js';
import { pauseActivity } from './rpc/pause-activity.js';
import { pollActivityTaskQueue } from './rpc/poll-activity-task-queue.js';
import { pollNexusTaskQueue } from './rpc/poll-nexus-task-queue.js';
import { pollWorkflowExecutionUpdate } from './rpc/poll-workflow-execution-update.js';
import { pollWorkflowTaskQueue } from './rpc/poll-workflow-task-queue.js';
import { queryWorkflow } from './rpc/query-workflow.js';
import { recordWorkerHeartbeat } from './rpc/record-worker-heartbeat.js';
import { recordActivityTaskHeartbeatById } from './rpc/record-activity-task-heartbeat-by-id.js';
import { recordActivityTaskHeartbeat } from './rpc/record-activity-task-heartbeat.js';
import { requestCancelWorkflowExecution } from './rpc/request-cancel-workflow-execution.js';
import { resetActivity } from './rpc/reset-activity.js';
import { resetStickyTaskQueue } from './rpc/reset-sticky-task-queue.js';
import { resetWorkflowExecution } from './rpc/reset-workflow-execution.js';
import { respondActivityTaskCanceledById } from './rpc/respond-activity-task-canceled-by-id.js';
import { respondActivityTaskCanceled } from './rpc/respond-activity-task-canceled.js';
import { respondActivityTaskCompletedById } from './rpc/respond-activity-task-completed-by-id.js';
import { respondActivityTaskCompleted } from './rpc/respond-activity-task-completed.js';
import { respondActivityTaskFailedById } from './rpc/respond-activity-task-failed-by-id.js';
import { respondActivityTaskFailed } from './rpc/respond-activity-task-failed.js';
import { respondNexusTaskCompleted } from './rpc/respond-nexus-task-completed.js';
import { respondNexusTaskFailed } from './rpc/respond-nexus-task-failed.js';
import { respondQueryTaskCompleted } from './rpc/respond-query-task-completed.js';
import { respondWorkflowTaskCompleted } from './rpc/respond-workflow-task-completed.js';
import { respondWorkflowTaskFailed } from './rpc/respond-workflow-task-failed.js';
import { shutdownWorker } from './rpc/shutdown-worker.js';
import { signalWithStartWorkflowExecution } from './rpc/signal-with-start-workflow-execution.js';
import { signalWorkflowExecution } from './rpc/signal-workflow-execution.js';
import { startWorkflowExecution } from './rpc/start-workflow-execution.js';
import { terminateWorkflowExecution } from './rpc/terminate-workflow-execution.js';
import { unpauseActivity } from './rpc/unpause-activity.js';
import { updateActivityOptions } from './rpc/update-activity-options.js';
import { updateTaskQueueConfig } from './rpc/update-task-queue-config.js';
import { updateWorkflowExecutionOptions } from './rpc/update-workflow-execution-options.js';
import { updateWorkflowExecution } from './rpc/update-workflow-execution.js';
import type { RpcTable } from './rpc-table.js';
import type { WorkflowServices } from './workflow-services.js';

export const workflowRpcs = (services: WorkflowServices): RpcTable => ({
  StartWorkflowExecution: startWorkflowExecution(services),
  ExecuteMultiOperation: executeMultiOperation(services),
  SignalWorkflowExecution: signalWorkflowExecution(services),
  SignalWithStartWorkflowExecution: signalWithStartWorkflowExecution(services),
  QueryWorkflow: queryWorkflow(services),
  UpdateWorkflowExecution: updateWorkflowExecution(services),
  PollWorkflowExecutionUpdate: pollWorkflowExecutionUpdate(services),
  RequestCancelWorkflowExecution: requestCancelWorkflowExecution(services),
  TerminateWorkflowExecution: terminateWorkflowExecution(services),
  DeleteWorkflowExecution: deleteWorkflowExecution(services),
  ResetWorkflowExecution: resetWorkflowExecution(services),
  DescribeWorkflowExecution: describeWorkflowExecution(services),
  GetWorkflowExecutionHistory: getWorkflowExecutionHistory(services),
  GetWorkflowExecutionHistoryReverse: getWorkflowExecutionHistoryReverse(services),
  PollWorkflowTaskQueue: pollWorkflowTaskQueue(services),
  RespondWorkflowTaskCompleted: respondWorkflowTaskCompleted(services),
  RespondWorkflowTaskFailed: respondWorkflowTaskFailed(services),
  RespondQueryTaskCompleted: respondQueryTaskCompleted(services),
  ResetStickyTaskQueue: resetStickyTaskQueue(services),
  PollActivityTaskQueue: pollActivityTaskQueue(services),
  RecordActivityTaskHeartbeat: recordActivityTaskHeartbeat(services),
  RecordActivityTaskHeartbeatById: recordActivityTaskHeartbeatById(services),
  RespondActivityTaskCompleted: respondActivityTaskCompleted(services),
  RespondActivityTaskCompletedById: respondActivityTaskCompletedById(services),
  RespondActivityTaskFailed: respondActivityTaskFailed(services),
  RespondActivityTaskFailedById: respondActivityTaskFailedById(services),
  RespondActivityTaskCanceled: respondActivityTaskCanceled(services),
  RespondActivityTaskCanceledById: respondActivityTaskCanceledById(services),
  PauseActivity: pauseActivity(services),
  UnpauseActivity: unpauseActivity(services),
  ResetActivity: resetActivity(services),
  UpdateActivityOptions: updateActivityOptions(services),
  UpdateWorkflowExecutionOptions: updateWorkflowExecutionOptions(services),
  ShutdownWorker: shutdownWorker(services),
  RecordWorkerHeartbeat: recordWorkerHeartbeat(services),
  ListWorkers: listWorkers(services),
  DescribeWorker: describeWorker(services),
  UpdateTaskQueueConfig: updateTaskQueueConfig(services),
  DescribeTaskQueue: describeTaskQueue(services),
  ListTaskQueuePartitions: listTaskQueuePartitions(services),
  PollNexusTaskQueue: pollNexusTaskQueue(services),
  RespondNexusTaskCompleted: respondNexusTaskCompleted(services),
  RespondNexusTaskFailed: respondNexusTaskFailed(services),
});
