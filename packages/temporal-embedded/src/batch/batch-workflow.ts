/**
 * The workflow that a batch operation is, as in the official service: one long activity, whose heartbeat says how far it
 * has come, then the numbers in its memo. Nobody polls for its tasks: the service takes each in the turn that makes it,
 * so what is stored is always a batch under way or one that has ended.
 */
import type { HistoryEngine } from '../history/history-engine.js';
import { completeActivity, recordHeartbeat } from '../history/activity.js';
import type { NewRun } from '../history/new-run.js';
import type { PendingActivity } from '../history/pending-items.js';
import { durationFromMs } from '../history/proto-time.js';
import type { RunContext } from '../history/run-context.js';
import { startWorkflow } from '../history/start-workflow.js';
import { scheduleWorkflowTask, startWorkflowTask } from '../history/workflow-task.js';
import { respondWorkflowTaskCompleted } from '../history/workflow-task-requests.js';
import type { RunKey } from '../persistence/store.js';
import { temporalProto } from '../proto/root.js';
import type { temporal } from '../proto/root.js';
import { NAMESPACE_DIVISION } from '../visibility/system-columns.js';
import type { BatchRequest } from './batch-request.js';

const { CommandType, WorkflowIdConflictPolicy, WorkflowIdReusePolicy } = temporalProto.api.enums.v1;
const { Payloads, SearchAttributes, Memo } = temporalProto.api.common.v1;
const { StartBatchOperationRequest } = temporalProto.api.workflowservice.v1;

export const BATCH_DIVISION = 'TemporalBatcher';
const WORKFLOW_TYPE = 'temporal-sys-batch-workflow-protobuf';
const ACTIVITY_TYPE = 'BatchActivityWithProtobuf';
const TASK_QUEUE = 'temporal-sys-per-ns-tq';
const IDENTITY = 'batcher';
const TYPE_MEMO = 'batch_operation_type';
const REASON_MEMO = 'batch_operation_reason';
const STATS_MEMO = 'batch_operation_stats';
/** The service does the work itself: only its own end ends an attempt, and that is made up for at the next start. */
const ENDLESS_MS = 20 * 365 * 24 * 3600 * 1000;

/** How far a batch has come; stored with each step, in the same commit. */
export interface BatchProgress {
  readonly TotalEstimate: number;
  readonly SuccessCount: number;
  readonly ErrorCount: number;
  /** With a filter: every run up to this one has been seen to. Of a list: how many of its entries. */
  readonly position: number;
  /** Runs that were started later are not meant. */
  readonly lastRunKey: RunKey;
}

type Payload = temporal.api.common.v1.IPayload;

const encoder = new TextEncoder();
const json = (value: unknown): Payload => ({
  metadata: { encoding: encoder.encode('json/plain') },
  data: encoder.encode(JSON.stringify(value)),
});
const parse = (payload: Payload | null | undefined): unknown =>
  payload?.data && payload.data.length > 0 ? JSON.parse(Buffer.from(payload.data).toString('utf8')) : undefined;

/** Starts the workflow, up to its activity. Throws WorkflowExecutionAlreadyStartedError when the id has been used. */
export function startBatchWorkflow(
  engine: HistoryEngine,
  namespace: { readonly id: string; readonly name: string },
  request: BatchRequest,
  about: { readonly typeName: string; readonly identity: string; readonly progress: BatchProgress },
): RunContext {
  const runId = engine.ids.uuid();
  const run: NewRun = {
    namespaceId: namespace.id,
    namespace: namespace.name,
    workflowId: request.jobId ?? '',
    runId,
    requestId: engine.ids.uuid(),
    identity: about.identity,
    workflowType: WORKFLOW_TYPE,
    taskQueue: TASK_QUEUE,
    input: {
      payloads: [
        {
          metadata: { encoding: encoder.encode('binary/protobuf') },
          data: StartBatchOperationRequest.encode(request).finish(),
        },
      ],
    },
    header: null,
    memo: { fields: { [TYPE_MEMO]: json(about.typeName), [REASON_MEMO]: json(request.reason ?? '') } },
    searchAttributes: {
      indexedFields: { BatcherUser: json(about.identity), [NAMESPACE_DIVISION]: json(BATCH_DIVISION) },
    },
    retryPolicy: null,
    userMetadata: null,
    priority: null,
    links: [],
    completionCallbacks: [],
    cronSchedule: '',
    workflowExecutionTimeoutMs: 0,
    workflowRunTimeoutMs: 0,
    workflowTaskTimeoutMs: 10_000,
    firstWorkflowTaskBackoffMs: 0,
    attempt: 1,
    initiator: 0,
    continuedExecutionRunId: '',
    firstExecutionRunId: runId,
    executionExpirationMs: 0,
    lastCompletionResult: null,
    continuedFailure: null,
    parent: null,
    rootWorkflowId: request.jobId ?? '',
    rootRunId: runId,
    eagerExecutionAccepted: false,
  };
  const { context } = startWorkflow(engine, run, {
    reusePolicy: WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE,
    conflictPolicy: WorkflowIdConflictPolicy.WORKFLOW_ID_CONFLICT_POLICY_FAIL,
    isEager: true,
  });
  completeTask(engine, context, [
    {
      commandType: CommandType.COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK,
      scheduleActivityTaskCommandAttributes: {
        activityId: '1',
        activityType: { name: ACTIVITY_TYPE },
        taskQueue: { name: TASK_QUEUE },
        startToCloseTimeout: durationFromMs(ENDLESS_MS),
        requestEagerExecution: true,
      },
    },
  ]);
  saveProgress(engine, context, about.progress);
  return context;
}

/** What a batch under way is to do. */
export function readBatchRequest(engine: HistoryEngine, context: RunContext): BatchRequest {
  const { attributes } = engine.startedEventReader(context)();
  return StartBatchOperationRequest.decode(attributes.input?.payloads?.[0]?.data ?? new Uint8Array(0));
}

/** How far it has come; undefined once it has ended. */
export function readProgress(context: RunContext): BatchProgress | undefined {
  const activity = pendingActivity(context);
  if (!activity) return undefined;
  return parse(Payloads.decode(activity.heartbeatDetails).payloads?.[0]) as BatchProgress | undefined;
}

export function saveProgress(engine: HistoryEngine, context: RunContext, progress: BatchProgress): void {
  const activity = pendingActivity(context);
  if (activity) engine.transact(context, (tx) => recordHeartbeat(tx, activity, { payloads: [json(progress)] }));
}

/** All is done: the activity ends, and the workflow with it. */
export function endBatchWorkflow(engine: HistoryEngine, context: RunContext, progress: BatchProgress): void {
  const activity = pendingActivity(context);
  if (!activity) return;
  const result = { payloads: [json(progress)] };
  engine.transact(context, (tx) => {
    completeActivity(tx, activity, result, IDENTITY);
    scheduleWorkflowTask(tx, { dispatch: false });
  });
  const stats = { NumSuccess: progress.SuccessCount, NumFailure: progress.ErrorCount };
  completeTask(engine, context, [
    {
      commandType: CommandType.COMMAND_TYPE_MODIFY_WORKFLOW_PROPERTIES,
      modifyWorkflowPropertiesCommandAttributes: { upsertedMemo: { fields: { [STATS_MEMO]: json(stats) } } },
    },
    {
      commandType: CommandType.COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION,
      completeWorkflowExecutionCommandAttributes: { result },
    },
  ]);
}

export interface BatchDescription {
  readonly typeName: string;
  readonly reason: string;
  readonly identity: string;
  readonly total: number;
  readonly succeeded: number;
  readonly failed: number;
}

export function describeBatchWorkflow(context: RunContext): BatchDescription {
  const { state } = context;
  const memo = Memo.decode(state.memo).fields ?? {};
  const attributes = SearchAttributes.decode(state.searchAttributes).indexedFields ?? {};
  const stats = parse(memo[STATS_MEMO]) as { NumSuccess: number; NumFailure: number } | undefined;
  const progress = readProgress(context);
  const succeeded = stats?.NumSuccess ?? progress?.SuccessCount ?? 0;
  const failed = stats?.NumFailure ?? progress?.ErrorCount ?? 0;
  return {
    typeName: String(parse(memo[TYPE_MEMO]) ?? ''),
    reason: String(parse(memo[REASON_MEMO]) ?? ''),
    identity: String(parse(attributes['BatcherUser']) ?? ''),
    total: stats ? succeeded + failed : (progress?.TotalEstimate ?? 0),
    succeeded,
    failed,
  };
}

/** The list filter that finds batches. */
export const batchesQuery = (filter = ''): string =>
  `${NAMESPACE_DIVISION} = '${BATCH_DIVISION}'${filter === '' ? '' : ` AND ${filter}`}`;

function pendingActivity({ state }: RunContext): PendingActivity | undefined {
  return state.isRunning ? [...state.activities.values()][0] : undefined;
}

/** Takes the workflow task that has just been scheduled, and completes it. */
function completeTask(engine: HistoryEngine, context: RunContext, commands: temporal.api.command.v1.ICommand[]): void {
  const { state } = context;
  const task = engine.transact(context, (tx) =>
    startWorkflowTask(tx, { identity: IDENTITY, requestId: tx.ids.uuid() }),
  );
  respondWorkflowTaskCompleted(
    engine,
    {
      runKey: state.runKey,
      runId: state.runId,
      namespaceId: state.namespaceId,
      workflowId: state.workflowId,
      scheduledEventId: task.scheduledEventId,
      startedEventId: task.startedEventId,
      startedTimeMs: task.startedTimeMs,
      attempt: state.workflowTaskAttempt,
      activityId: '',
      queryId: '',
    },
    { identity: IDENTITY, commands },
  );
}
