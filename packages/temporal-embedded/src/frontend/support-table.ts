/**
 * What the service supports of the official API, rpc by rpc; docs/support.md is made from this table and the
 * answer to an rpc that is missing quotes it. A test asks a running server for every rpc and compares.
 * An rpc that is not listed is refused, with a reason.
 */
import { GrpcStatus } from '../errors.js';

export type SupportLevel = 'yes' | 'partial' | 'no';

/** How an rpc is refused; the official server's words where it has some. */
export interface Refusal {
  readonly code: number;
  readonly message: string;
}

export interface RpcSupport {
  readonly level: SupportLevel;
  /** What is missing, what differs, or why it is not there; a sentence without its full stop. */
  readonly note?: string;
  /** Of level `no`. */
  readonly refusal?: Refusal;
}

const YES: RpcSupport = { level: 'yes' };
const partial = (note: string): RpcSupport => ({ level: 'partial', note });
const switchedOnBy = (key: string): RpcSupport => ({
  level: 'yes',
  note: `off unless dynamic configuration has ${key}=true, as in the official server`,
});
const unimplemented = (message: string): Refusal => ({ code: GrpcStatus.UNIMPLEMENTED, message });
const permissionDenied = (message: string): Refusal => ({ code: GrpcStatus.PERMISSION_DENIED, message });
const HINT = 'docs/support.md lists what is.';

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
  DescribeTaskQueue: partial('statistics are of all versions of workers together'),
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
  RecordWorkerHeartbeat: switchedOnBy('frontend.WorkerHeartbeatsEnabled'),
  ListWorkers: switchedOnBy('frontend.ListWorkersEnabled'),
  DescribeWorker: switchedOnBy('frontend.ListWorkersEnabled'),

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
};

const BY_SERVICE: Readonly<Record<string, Readonly<Record<string, RpcSupport>>>> = {
  'temporal.api.workflowservice.v1.WorkflowService': WORKFLOW_RPCS,
  'temporal.api.operatorservice.v1.OperatorService': OPERATOR_RPCS,
};

/** Families of rpcs that are refused, by a part of the name; the first that fits counts. */
const REFUSED: readonly (readonly [RegExp, string, Refusal?])[] = [
  [/CreateWorkerDeployment|ComputeConfig|CountWorkers/, 'not in the official server 1.29.1 either'],
  [
    /^(Describe|List|Get|Set)?(Current)?Deployments?(Reachability)?$/,
    'the pre-release of worker deployments, which replace it; the official server 1.29.1 refuses it too',
    unimplemented('Deployments are deprecated and no longer supported, use Worker Deployments instead'),
  ],
  [/NexusOperationExecution/, 'standalone Nexus operations: not in the official server 1.29.1 either'],
  [/ActivityExecution/, 'standalone activities: not in the official server 1.29.1 either'],
  [
    /WorkerBuildIdCompatibility/,
    'version sets (deprecated, replaced by worker deployments): disabled by default in the official server',
    permissionDenied('Worker versioning v0.1 (Version Set-based, deprecated) is disabled on this namespace.'),
  ],
  [
    /VersioningRules|TaskReachability/,
    'versioning rules (deprecated, replaced by worker deployments): disabled by default in the official server',
    permissionDenied('Worker versioning v0.2 (Rules-based, deprecated) is disabled on this namespace.'),
  ],
  [/WorkflowRule/, 'workflow rules: disabled by default in the official server'],
  [/WorkerConfig/, 'commands to workers: the official server 1.29.1 refuses them too'],
  [/(Pause|Unpause)WorkflowExecution|TimeSkipping/, 'not in the official server 1.29.1 either'],
  [/RemoteCluster/, 'an embedded service is one cluster'],
];

/** What is supported of one rpc; of an rpc that is unknown, nothing. */
export function rpcSupport(serviceName: string, rpcName: string): RpcSupport {
  const listed = BY_SERVICE[serviceName]?.[rpcName];
  if (listed) return listed;
  const [, note, refusal] = REFUSED.find(([pattern]) => pattern.test(rpcName)) ?? [];
  return {
    level: 'no',
    ...(note === undefined ? {} : { note }),
    refusal:
      refusal ?? unimplemented(`${rpcName} is not implemented by temporal-embedded (${note ?? 'unknown'}); ${HINT}`),
  };
}

/** Every rpc that the table names, to check the table against the API. */
export const listedRpcs = (serviceName: string): string[] => Object.keys(BY_SERVICE[serviceName] ?? {});
