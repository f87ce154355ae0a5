/** Scripts about versioning overrides: given at a start or later, undone, and what later runs and children inherit. */
import { temporalProto } from '../../../src/proto/root.js';
import type { temporal } from '../../../src/proto/root.js';
import type { Stage } from '../service-stage.js';
import {
  completeWorkflowExecution,
  continueAsNewWorkflowExecution,
  failWorkflowExecution,
  failure,
  scheduleActivityTask,
  seconds,
  startChildWorkflowExecution,
} from './commands.js';
import type { Scripts } from './script.js';
import { AUTO_UPGRADE, PINNED, complete, known, options, poll, setCurrent, versionOf } from './versioned-workers.js';

type Override = temporal.api.workflow.v1.IVersioningOverride;

const PINNED_OVERRIDE =
  temporalProto.api.workflow.v1.VersioningOverride.PinnedOverrideBehavior.PINNED_OVERRIDE_BEHAVIOR_PINNED;

const pinnedTo = (stage: Stage, buildId: string): Override => ({
  pinned: { behavior: PINNED_OVERRIDE, version: versionOf(stage, buildId) },
});

const update = (
  stage: Stage,
  versioningOverride: Override | null,
  paths: string[] = ['versioning_override'],
  rest: temporal.api.workflowservice.v1.IUpdateWorkflowExecutionOptionsRequest = {},
) =>
  stage.call('updateWorkflowExecutionOptions', {
    namespace: stage.namespace,
    workflowExecution: { workflowId: stage.name },
    workflowExecutionOptions: { versioningOverride },
    updateMask: { paths },
    ...rest,
  });

/** What a run's description says of its version. */
async function describeVersion(stage: Stage, workflowId: string): Promise<void> {
  const line = stage.transcript.reserve();
  const { workflowExecutionInfo } = await stage.connection.workflowService.describeWorkflowExecution({
    namespace: stage.namespace,
    execution: { workflowId },
  });
  const { versioningInfo = null, workerDeploymentName = '', searchAttributes = null } = workflowExecutionInfo ?? {};
  const { WorkflowExecutionInfo } = temporalProto.api.workflow.v1;
  const said = WorkflowExecutionInfo.create({ versioningInfo, workerDeploymentName, searchAttributes });
  stage.transcript.reply(line, `version of ${workflowId.replace(stage.name, '$')}`, said);
}

/** Polls once as a version, so that it is known. */
async function makeKnown(stage: Stage, buildId: string): Promise<void> {
  const polling = poll(stage, buildId);
  await known(stage, buildId);
  await stage.start({
    workflowId: `${stage.name}-${buildId}`,
    requestId: buildId,
    versioningOverride: pinnedTo(stage, buildId),
  });
  await complete(stage, await polling, buildId, PINNED, [completeWorkflowExecution()]);
}

export const versioningOverrideScripts: Scripts = {
  'versioning overrides that are refused': async (stage) => {
    await stage.start();
    const base = { namespace: stage.namespace };
    const execution = { workflowExecution: { workflowId: stage.name } };
    await stage.call('updateWorkflowExecutionOptions', base);
    await stage.call('updateWorkflowExecutionOptions', { ...base, ...execution });
    await stage.call('updateWorkflowExecutionOptions', { ...base, ...execution, updateMask: { paths: [] } });
    await update(stage, null, []);
    await update(stage, null, ['nonsense']);
    await update(stage, null, ['versioning_override.nonsense']);
    await update(stage, {});
    await update(stage, { pinned: {} });
    await update(stage, { pinned: { version: versionOf(stage, 'one') } });
    await update(stage, { pinned: { behavior: PINNED_OVERRIDE } });
    await update(stage, { behavior: PINNED });
    await update(stage, { behavior: PINNED, pinnedVersion: 'nonsense' });
    await update(stage, { behavior: PINNED, deployment: { seriesName: 'a' } });
    await update(stage, { behavior: PINNED, deployment: { buildId: 'a' } });
    await update(stage, { behavior: AUTO_UPGRADE, pinnedVersion: 'a.b' });
    await update(stage, { behavior: AUTO_UPGRADE, deployment: { seriesName: 'a', buildId: 'b' } });
    await update(stage, { autoUpgrade: false });
    await update(stage, { behavior: 7 as never });
    await update(stage, pinnedTo(stage, 'one'), ['versioning_override.behavior']);
    await update(stage, pinnedTo(stage, 'one'), ['versioning_override.deployment']);
    await update(stage, pinnedTo(stage, 'one'), ['versioning_override'], {
      workflowExecution: { workflowId: 'not-there' },
    });
    await update(stage, pinnedTo(stage, 'one'), ['versioning_override'], { namespace: 'not-there' });
    await stage.start({ versioningOverride: {}, workflowId: 'refused', requestId: 'refused' });
    await stage.start({
      versioningOverride: { pinned: { version: versionOf(stage, 'one') } },
      workflowId: 'refused',
      requestId: 'refused',
    });
    await stage.terminate();
    await update(stage, pinnedTo(stage, 'one'));
    await stage.history();
  },
  'a versioning override is set, changed and undone': async (stage) => {
    await stage.start();
    await update(stage, null);
    await update(stage, pinnedTo(stage, 'one'));
    await stage.describe();
    await update(stage, pinnedTo(stage, 'one'));
    await update(stage, { behavior: PINNED, pinnedVersion: `${stage.name}.one` });
    await update(stage, { behavior: PINNED, pinnedVersion: `${stage.name}.two` });
    await stage.describe();
    await update(stage, { behavior: PINNED, deployment: { seriesName: stage.name, buildId: 'three' } });
    await update(stage, { autoUpgrade: true });
    await stage.describe();
    await update(stage, { behavior: AUTO_UPGRADE });
    await update(stage, null, []);
    await update(stage, pinnedTo(stage, 'one'), ['versioning_override.behavior', 'versioning_override.deployment']);
    await update(stage, null);
    await stage.describe();
    await stage.turn([completeWorkflowExecution()]);
    await stage.describe();
    await stage.history();
  },
  'a start with an override goes to its version': async (stage) => {
    const polling = poll(stage, 'one');
    await known(stage, 'one');
    await stage.start({ versioningOverride: pinnedTo(stage, 'one') });
    const task = await polling;
    await complete(stage, task, 'one', AUTO_UPGRADE);
    await stage.describe();
    await setCurrent(stage, 'one');
    await stage.signal('wake');
    await complete(stage, await poll(stage, 'one'), 'one', AUTO_UPGRADE, [completeWorkflowExecution()]);
    await stage.describe();
    await stage.history();
  },
  'a signal with start has an override, older fields are read too': async (stage) => {
    const request = {
      ...stage.base,
      workflowType: { name: 'type' },
      taskQueue: { name: stage.name },
      signalName: 'go',
    };
    await stage.call('signalWithStartWorkflowExecution', {
      ...request,
      workflowId: stage.name,
      requestId: 'one',
      versioningOverride: { behavior: PINNED, pinnedVersion: `${stage.name}.one` },
    });
    await stage.describe();
    await stage.history();
    const other = `${stage.name}-other`;
    await stage.call('signalWithStartWorkflowExecution', {
      ...request,
      workflowId: other,
      requestId: 'other',
      versioningOverride: { autoUpgrade: true },
    });
    await stage.describe(other);
    await stage.history(other);
    await stage.start({
      workflowId: `${stage.name}-third`,
      requestId: 'third',
      versioningOverride: { behavior: AUTO_UPGRADE },
    });
    await stage.history(`${stage.name}-third`);
  },
  'a workflow task and an activity that wait follow an override': async (stage) => {
    await makeKnown(stage, 'one');
    await makeKnown(stage, 'two');
    await setCurrent(stage, 'one');
    await stage.start();
    const task = await poll(stage, 'one');
    await complete(stage, task, 'one', PINNED, [
      scheduleActivityTask({
        activityId: 'a',
        activityType: { name: 'act' },
        taskQueue: { name: `${stage.name}` },
        startToCloseTimeout: seconds(100),
      }),
    ]);
    await stage.signal('wake');
    await update(stage, pinnedTo(stage, 'two'));
    await stage.describe();
    const moved = await poll(stage, 'two');
    await stage.describe();
    await complete(stage, moved, 'two', PINNED);
    await stage.describe();
    await update(stage, null);
    await stage.describe();
    await stage.signal('again');
    await complete(stage, await poll(stage, 'two'), 'two', PINNED, [completeWorkflowExecution()]);
    await stage.history();
  },
  'a child and the run after it inherit a pinned version': async (stage) => {
    await makeKnown(stage, 'one');
    await setCurrent(stage, 'one');
    await stage.start();
    await complete(stage, await poll(stage, 'one'), 'one', PINNED, [
      startChildWorkflowExecution({
        workflowId: `${stage.name}-child`,
        workflowType: { name: 'child' },
        taskQueue: { name: stage.name },
      }),
      startChildWorkflowExecution({
        workflowId: `${stage.name}-elsewhere`,
        workflowType: { name: 'child' },
        taskQueue: { name: `${stage.name}-elsewhere` },
      }),
    ]);
    await stage.until('EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED', { count: 2 });
    await describeVersion(stage, `${stage.name}-child`);
    await stage.history(`${stage.name}-child`);
    await describeVersion(stage, `${stage.name}-elsewhere`);
    await stage.history(`${stage.name}-elsewhere`);
    await stage.terminate(`${stage.name}-child`);
    await stage.terminate(`${stage.name}-elsewhere`);
    await stage.until('EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TERMINATED', { count: 2 });
    await complete(stage, await poll(stage, 'one'), 'one', PINNED, [
      continueAsNewWorkflowExecution({
        workflowType: { name: 'type' },
        taskQueue: { name: stage.name },
        backoffStartInterval: seconds(1000),
      }),
    ]);
    await describeVersion(stage, stage.name);
    await stage.history();
    await stage.terminate();
  },
  'a child and the run after it inherit a pinned override': async (stage) => {
    await makeKnown(stage, 'one');
    await stage.start({ versioningOverride: pinnedTo(stage, 'one') });
    await complete(stage, await poll(stage, 'one'), 'one', AUTO_UPGRADE, [
      startChildWorkflowExecution({
        workflowId: `${stage.name}-child`,
        workflowType: { name: 'child' },
        taskQueue: { name: stage.name },
      }),
      startChildWorkflowExecution({
        workflowId: `${stage.name}-elsewhere`,
        workflowType: { name: 'child' },
        taskQueue: { name: `${stage.name}-elsewhere` },
      }),
    ]);
    await stage.until('EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED', { count: 2 });
    await describeVersion(stage, `${stage.name}-child`);
    await stage.history(`${stage.name}-child`);
    await describeVersion(stage, `${stage.name}-elsewhere`);
    await stage.history(`${stage.name}-elsewhere`);
    await stage.terminate(`${stage.name}-child`);
    await stage.terminate(`${stage.name}-elsewhere`);
    await stage.until('EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TERMINATED', { count: 2 });
    await complete(stage, await poll(stage, 'one'), 'one', AUTO_UPGRADE, [
      continueAsNewWorkflowExecution({
        workflowType: { name: 'type' },
        taskQueue: { name: stage.name },
        backoffStartInterval: seconds(1000),
      }),
    ]);
    await describeVersion(stage, stage.name);
    await stage.history();
    await stage.terminate();
  },
  'a retried run keeps a pinned override, and a pinned version only when it was inherited': async (stage) => {
    await makeKnown(stage, 'one');
    await setCurrent(stage, 'one');
    const retryPolicy = { initialInterval: seconds(0.2), maximumAttempts: 2 };
    await stage.start({ retryPolicy });
    await complete(stage, await poll(stage, 'one'), 'one', PINNED, [failWorkflowExecution({ failure: failure('no') })]);
    await stage.describe();
    await stage.history();
    await complete(stage, await poll(stage, 'one'), 'one', PINNED, [completeWorkflowExecution()]);
    const workflowId = `${stage.name}-override`;
    await stage.start({ retryPolicy, workflowId, requestId: 'override', versioningOverride: pinnedTo(stage, 'one') });
    await complete(stage, await poll(stage, 'one'), 'one', AUTO_UPGRADE, [
      failWorkflowExecution({ failure: failure('no') }),
    ]);
    await stage.describe(workflowId);
    await stage.history(workflowId);
    await stage.terminate(workflowId);
  },
  'a reset carries an override over, or makes one': async (stage) => {
    await stage.start();
    await stage.turn();
    await update(stage, pinnedTo(stage, 'one'));
    const reset = (rest: temporal.api.workflowservice.v1.IResetWorkflowExecutionRequest) =>
      stage.call('resetWorkflowExecution', {
        namespace: stage.namespace,
        workflowExecution: { workflowId: stage.name },
        workflowTaskFinishEventId: 4 as never,
        reason: 'because',
        ...rest,
      });
    await reset({ requestId: 'first' });
    await stage.describe();
    await stage.history();
    const operation = (versioningOverride: Override | null, paths = ['versioning_override']) => ({
      updateWorkflowOptions: { workflowExecutionOptions: { versioningOverride }, updateMask: { paths } },
    });
    await reset({ requestId: 'bad', postResetOperations: [operation({})] });
    await reset({ requestId: 'bad', postResetOperations: [{}] });
    await reset({ requestId: 'bad', postResetOperations: [{ signalWorkflow: { signalName: 'a' } }] });
    await reset({ requestId: 'bad', postResetOperations: [operation(null, ['nonsense'])] });
    await reset({ requestId: 'second', postResetOperations: [operation(pinnedTo(stage, 'two'))] });
    await stage.describe();
    await stage.history();
    await reset({ requestId: 'third', postResetOperations: [operation(null)] });
    await stage.history();
  },
  'a worker without a version may name its deployment': async (stage) => {
    await stage.start();
    const deploymentOptions = {
      ...options(stage, 'one'),
      workerVersioningMode: temporalProto.api.enums.v1.WorkerVersioningMode.WORKER_VERSIONING_MODE_UNVERSIONED,
    };
    const task = await stage.call('pollWorkflowTaskQueue', {
      ...stage.base,
      taskQueue: { name: stage.name },
      deploymentOptions,
    });
    await stage.complete(task ?? {}, [], { deploymentOptions, workerVersionStamp: { buildId: 'one' } });
    await stage.describe();
    await stage.terminate();
    await stage.history();
  },
};
