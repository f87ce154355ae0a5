/** One script about batch operations, as a namespace has one at a time: what they do, what is told of them, what is refused. */
import { temporalProto } from '../../../src/proto/root.js';
import type { temporal } from '../../../src/proto/root.js';
import { waitUntil } from '@vishkar/testkit';
import type { Stage } from '../service-stage.js';
import { failure, payloads, scheduleActivityTask, seconds } from './commands.js';
import type { Scripts } from './script.js';

type Request = temporal.api.workflowservice.v1.IStartBatchOperationRequest;

const { BatchOperationState: State, ResetType } = temporalProto.api.enums.v1;

const workflowIds = (stage: Stage, group: string) => [1, 2, 3].map((n) => `${stage.name}-${group}-${n}`);

/** Starts three workflows and waits until lists show them. */
async function startGroup(stage: Stage, group: string): Promise<string> {
  const taskQueue = { name: `${stage.name}-${group}` };
  for (const workflowId of workflowIds(stage, group)) {
    await stage.start({ workflowId, requestId: workflowId, taskQueue });
  }
  const query = `WorkflowId STARTS_WITH '${stage.name}-${group}-'`;
  await waitUntil(
    async () => {
      const { count } = await stage.connection.workflowService.countWorkflowExecutions({
        namespace: stage.namespace,
        query,
      });
      return Number(count) === 3;
    },
    { what: 'three workflows in a list' },
  );
  return query;
}

async function runBatch(stage: Stage, job: string, request: Request): Promise<void> {
  const jobId = `${stage.name}-job-${job}`;
  await stage.call('startBatchOperation', { namespace: stage.namespace, jobId, reason: 'because', ...request });
  await waitUntil(
    async () => {
      const { state } = await stage.connection.workflowService.describeBatchOperation({
        namespace: stage.namespace,
        jobId,
      });
      return state !== State.BATCH_OPERATION_STATE_RUNNING;
    },
    { what: `the end of ${job}`, timeoutMs: 60_000 },
  );
  await stage.call('describeBatchOperation', { namespace: stage.namespace, jobId });
}

/** Which events the three workflows have. */
async function histories(stage: Stage, group: string): Promise<void> {
  for (const workflowId of workflowIds(stage, group)) {
    const reply = await stage.connection.workflowService
      .getWorkflowExecutionHistory({ namespace: stage.namespace, execution: { workflowId } })
      .catch(() => undefined);
    const types = (reply?.history?.events ?? []).map((event) =>
      String(temporalProto.api.enums.v1.EventType[event.eventType ?? 0]).replace('EVENT_TYPE_', ''),
    );
    stage.transcript.note(`${group}: ${types.join(' ')}`);
  }
}

export const batchScripts: Scripts = {
  'batch operations': async (stage) => {
    const start = (request: Request) => stage.call('startBatchOperation', { namespace: stage.namespace, ...request });
    const terminationOperation = { identity: 'me' };
    await start({ jobId: 'j', visibilityQuery: 'a = 1', reason: 'r' });
    await start({ jobId: 'j', visibilityQuery: 'a = 1', terminationOperation });
    await start({ jobId: 'j', reason: 'r', terminationOperation });
    await start({ visibilityQuery: 'a = 1', reason: 'r', terminationOperation });
    await start({ jobId: 'j', reason: 'r', visibilityQuery: 'a = 1', resetOperation: {} });
    await start({ jobId: 'j', reason: 'r', visibilityQuery: 'a = 1', resetOperation: { options: {} } });
    await start({ jobId: 'j', reason: 'r', visibilityQuery: 'a = 1', unpauseActivitiesOperation: {} });
    await start({ jobId: 'j', reason: 'r', visibilityQuery: 'a = 1', updateActivityOptionsOperation: {} });
    for (const updateWorkflowOptionsOperation of [
      { workflowExecutionOptions: { versioningOverride: {} }, updateMask: { paths: ['versioning_override'] } },
    ]) {
      await start({ jobId: 'j', reason: 'r', visibilityQuery: 'a = 1', updateWorkflowOptionsOperation });
    }
    await start({ jobId: 'j', reason: 'r', visibilityQuery: 'a = 1', terminationOperation, namespace: 'not-there' });
    for (const rpc of ['describeBatchOperation', 'stopBatchOperation'] as const) {
      await stage.call(rpc, { namespace: stage.namespace, reason: 'r' });
      await stage.call(rpc, { namespace: stage.namespace, jobId: 'not-there', reason: 'r' });
    }
    await stage.call('stopBatchOperation', { namespace: stage.namespace, jobId: 'not-there' });

    const visibilityQuery = await startGroup(stage, 'signal');
    await runBatch(stage, 'signal', {
      visibilityQuery,
      signalOperation: { signal: 'go', input: payloads(1), identity: 'me' },
    });
    await histories(stage, 'signal');
    await start({ jobId: `${stage.name}-job-signal`, reason: 'r', visibilityQuery, terminationOperation });
    await runBatch(stage, 'reset-named', {
      executions: workflowIds(stage, 'signal').map((workflowId) => ({ workflowId })),
      resetOperation: { resetType: ResetType.RESET_TYPE_FIRST_WORKFLOW_TASK, identity: 'me' },
    });
    await histories(stage, 'signal');
    await runBatch(stage, 'cancel', { visibilityQuery, cancellationOperation: { identity: 'me' } });
    await histories(stage, 'signal');
    await runBatch(stage, 'terminate', { visibilityQuery, terminationOperation });
    await histories(stage, 'signal');
    await runBatch(stage, 'terminate-again', { visibilityQuery, terminationOperation });
    await runBatch(stage, 'named', {
      executions: [{ workflowId: 'not-there' }, { workflowId: `${stage.name}-signal-1` }],
      terminationOperation,
    });
    await runBatch(stage, 'delete', { visibilityQuery, deletionOperation: { identity: 'me' } });

    const other = await startGroup(stage, 'activity');
    for (const workflowId of workflowIds(stage, 'activity')) {
      // Unnoted: which of the three comes first is chance.
      const polled = { ...stage.base, taskQueue: { name: `${stage.name}-activity` } };
      const task = (await stage.call('pollWorkflowTaskQueue', polled, { isQuiet: true })) ?? {};
      await stage.complete(task, [
        scheduleActivityTask({
          activityId: 'a',
          activityType: { name: 'act' },
          taskQueue: { name: `${stage.name}-acts` },
          startToCloseTimeout: seconds(100),
          retryPolicy: { initialInterval: seconds(60) },
        }),
      ]);
      const acts = { ...stage.base, taskQueue: { name: `${stage.name}-acts` } };
      const out = await stage.call('pollActivityTaskQueue', acts, { isQuiet: true });
      await stage.call('respondActivityTaskFailed', {
        ...stage.base,
        taskToken: out?.taskToken ?? null,
        failure: failure('bad'),
      });
      stage.transcript.note(workflowId.endsWith('3') ? 'all have failed once' : '');
    }
    await runBatch(stage, 'options', {
      visibilityQuery: other,
      updateActivityOptionsOperation: {
        type: 'act',
        identity: 'me',
        activityOptions: { startToCloseTimeout: seconds(50) },
        updateMask: { paths: ['start_to_close_timeout'] },
      },
    });
    await runBatch(stage, 'reset-activities', {
      visibilityQuery: other,
      resetActivitiesOperation: { type: 'act', identity: 'me' },
    });
    await stage.describe(`${stage.name}-activity-2`);
    const versioningOverride = { autoUpgrade: true };
    for (const paths of [['versioning_override'], ['nonsense']]) {
      await runBatch(stage, `versions-${paths[0]}`, {
        visibilityQuery: other,
        updateWorkflowOptionsOperation: {
          identity: 'me',
          workflowExecutionOptions: { versioningOverride },
          updateMask: { paths },
        },
      });
    }
    await histories(stage, 'activity');
    await runBatch(stage, 'over', { visibilityQuery: other, terminationOperation });
  },
};
