/**
 * What the service supports of the official API, rpc by rpc; docs/support.md is made from this table and the
 * answer to an rpc that is missing quotes it. A test asks a running server for every rpc and compares.
 * An rpc that is not listed is "not yet".
 */

export type SupportLevel = 'yes' | 'partial' | 'not yet';

export interface RpcSupport {
  readonly level: SupportLevel;
  /** What is missing, what differs, or why it is not there; a sentence without its full stop. */
  readonly note?: string;
}

const YES: RpcSupport = { level: 'yes' };
const partial = (note: string): RpcSupport => ({ level: 'partial', note });
const notYet = (note: string): RpcSupport => ({ level: 'not yet', note });

const WORKFLOW_RPCS: Readonly<Record<string, RpcSupport>> = {
  RegisterNamespace: YES,
  DescribeNamespace: YES,
  ListNamespaces: YES,
  UpdateNamespace: partial('no archival, replication or bad binaries: those belong to clusters'),
  DeprecateNamespace: partial('the state is kept and shown; new executions are still accepted'),
  GetSystemInfo: YES,
  GetClusterInfo: YES,

  StartWorkflowExecution: YES,
  ExecuteMultiOperation: YES,
  SignalWorkflowExecution: YES,
  SignalWithStartWorkflowExecution: YES,
  QueryWorkflow: YES,
  UpdateWorkflowExecution: YES,
  PollWorkflowExecutionUpdate: YES,
  RequestCancelWorkflowExecution: YES,
  TerminateWorkflowExecution: YES,
  DeleteWorkflowExecution: YES,
  DescribeWorkflowExecution: YES,
  GetWorkflowExecutionHistory: YES,
  GetWorkflowExecutionHistoryReverse: YES,
  ResetWorkflowExecution: YES,

  PollWorkflowTaskQueue: YES,
  RespondWorkflowTaskCompleted: YES,
  RespondWorkflowTaskFailed: YES,
  RespondQueryTaskCompleted: YES,
  ResetStickyTaskQueue: YES,
  PollActivityTaskQueue: YES,
  RecordActivityTaskHeartbeat: YES,
  RecordActivityTaskHeartbeatById: YES,
  RespondActivityTaskCompleted: YES,
  RespondActivityTaskCompletedById: YES,
  RespondActivityTaskFailed: YES,
  RespondActivityTaskFailedById: YES,
  RespondActivityTaskCanceled: YES,
  RespondActivityTaskCanceledById: YES,
  StartBatchOperation: YES,
  StopBatchOperation: YES,
  DescribeBatchOperation: YES,
  ListBatchOperations: YES,
  PauseActivity: YES,
  UnpauseActivity: YES,
  ResetActivity: YES,
  UpdateActivityOptions: YES,
  UpdateWorkflowExecutionOptions: YES,
  ShutdownWorker: YES,
  ListTaskQueuePartitions: YES,
  DescribeTaskQueue: partial('pollers, statistics, rates; no versions'),
  UpdateTaskQueueConfig: YES,
  PollNexusTaskQueue: YES,
  RespondNexusTaskCompleted: YES,
  RespondNexusTaskFailed: YES,
  SetWorkerDeploymentCurrentVersion: YES,
  SetWorkerDeploymentRampingVersion: partial(
    'the share of a ramp is exact over many workflow ids, which ids are in it differs from the official service',
  ),
  ListWorkerDeployments: YES,
  DescribeWorkerDeployment: YES,
  DescribeWorkerDeploymentVersion: partial('no statistics of task queues; drainage is looked at when it is asked for'),
  DeleteWorkerDeployment: YES,
  DeleteWorkerDeploymentVersion: YES,
  UpdateWorkerDeploymentVersionMetadata: YES,
  SetWorkerDeploymentManager: YES,
  RecordWorkerHeartbeat: partial('accepted; nothing is kept, ListWorkers is not there'),

  ListWorkflowExecutions: YES,
  CountWorkflowExecutions: YES,
  ScanWorkflowExecutions: YES,
  ListOpenWorkflowExecutions: YES,
  ListClosedWorkflowExecutions: YES,
  ListArchivedWorkflowExecutions: partial('refused as by a service without archival'),
  CreateSchedule: YES,
  DescribeSchedule: YES,
  UpdateSchedule: YES,
  PatchSchedule: YES,
  ListScheduleMatchingTimes: YES,
  DeleteSchedule: YES,
  ListSchedules: YES,
  CountSchedules: YES,
  GetSearchAttributes: partial('custom attributes of all namespaces, where the official service lists its columns'),
};

const OPERATOR_RPCS: Readonly<Record<string, RpcSupport>> = {
  AddSearchAttributes: YES,
  RemoveSearchAttributes: YES,
  ListSearchAttributes: YES,
  DeleteNamespace: YES,
  ListClusters: YES,
  GetNexusEndpoint: YES,
  CreateNexusEndpoint: YES,
  UpdateNexusEndpoint: YES,
  DeleteNexusEndpoint: YES,
  ListNexusEndpoints: YES,
  AddOrUpdateRemoteCluster: notYet('an embedded service is one cluster'),
  RemoveRemoteCluster: notYet('an embedded service is one cluster'),
};

const BY_SERVICE: Readonly<Record<string, Readonly<Record<string, RpcSupport>>>> = {
  'temporal.api.workflowservice.v1.WorkflowService': WORKFLOW_RPCS,
  'temporal.api.operatorservice.v1.OperatorService': OPERATOR_RPCS,
};

/** Notes for whole families of rpcs that are not there, by a part of the name; the first that fits counts. */
const FAMILY_NOTES: readonly (readonly [RegExp, string])[] = [
  [/CreateWorkerDeployment|ComputeConfig/, 'not in the official server 1.29.1 either'],
  [
    /^(Describe|List|Get|Set)?(Current)?Deployments?(Reachability)?$/,
    'the pre-release of worker deployments, which replace it',
  ],
  [/NexusOperationExecution/, 'standalone Nexus operations'],
  [/ActivityExecution/, 'standalone activities'],
  [
    /Deployment|WorkerBuildId|VersioningRules|TaskReachability/,
    'worker versioning and task queue administration',
  ],
  [/WorkflowRule/, 'workflow rules; server 1.29 has them switched off'],
  [/Worker/, 'worker inventory; server 1.29 has it switched off'],
  [/(Pause|Unpause)WorkflowExecution|TimeSkipping/, 'newer than server 1.29'],
];

/** What is supported of one rpc; of an rpc that is unknown, nothing. */
export function rpcSupport(serviceName: string, rpcName: string): RpcSupport {
  const listed = BY_SERVICE[serviceName]?.[rpcName];
  if (listed) return listed;
  const note = FAMILY_NOTES.find(([pattern]) => pattern.test(rpcName))?.[1];
  return note === undefined ? { level: 'not yet' } : notYet(note);
}

/** Every rpc that the table names, to check the table against the API. */
export const listedRpcs = (serviceName: string): string[] => Object.keys(BY_SERVICE[serviceName] ?? {});
