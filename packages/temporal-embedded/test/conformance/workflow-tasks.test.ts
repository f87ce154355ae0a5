/**
 * Workflow tasks as a worker sees them, by raw rpcs: failures, late answers, events that come while a task is out.
 * The lists of events are the official server's: it gives the same for the same requests.
 */
import { expect, test } from 'vitest';
import { temporalProto } from '../../src/proto/root.js';
import type { temporal } from '../../src/proto/root.js';
import { uniqueName, useEmbeddedService } from '../support/embedded-service.js';
import { eventTypes } from '../support/history-events.js';

type Task = temporal.api.workflowservice.v1.IPollWorkflowTaskQueueResponse;
type Command = temporal.api.command.v1.ICommand;

const { CommandType, WorkflowTaskFailedCause } = temporalProto.api.enums.v1;
const service = useEmbeddedService();
const namespace = 'default';

const complete: Command = {
  commandType: CommandType.COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION,
  completeWorkflowExecutionCommandAttributes: {},
};

/** One workflow, its queue and a worker made of requests. */
async function startRaw() {
  const { workflowService } = service.connection;
  const workflowId = uniqueName('raw');
  const taskQueue = { name: workflowId, kind: 1 };
  await workflowService.startWorkflowExecution({
    namespace,
    workflowId,
    workflowType: { name: 'raw' },
    taskQueue,
    requestId: workflowId,
  });
  return {
    handle: service.client.workflow.getHandle(workflowId),
    poll: (): Promise<Task> => workflowService.pollWorkflowTaskQueue({ namespace, taskQueue, identity: 'raw' }),
    answer: (task: Task, commands: Command[] = []) =>
      workflowService.respondWorkflowTaskCompleted({ namespace, taskToken: task.taskToken ?? null, commands }),
    fail: (task: Task) =>
      workflowService.respondWorkflowTaskFailed({
        namespace,
        taskToken: task.taskToken ?? null,
        cause: WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR,
      }),
  };
}

test('a workflow cannot close over a signal that it has not seen', async () => {
  const { handle, poll, answer } = await startRaw();
  const task = await poll();
  await handle.signal('unseen');
  await expect(answer(task, [complete])).rejects.toThrow('UnhandledCommand');
  await answer(await poll(), [complete]);
  expect(await eventTypes(handle)).toEqual([
    'WorkflowExecutionStarted',
    'WorkflowTaskScheduled',
    'WorkflowTaskStarted',
    'WorkflowTaskFailed',
    'WorkflowExecutionSignaled',
    'WorkflowTaskScheduled',
    'WorkflowTaskStarted',
    'WorkflowTaskCompleted',
    'WorkflowExecutionCompleted',
  ]);
});

test('a refused command takes back the commands before it', async () => {
  const { handle, poll, answer } = await startRaw();
  const startTimer: Command = {
    commandType: CommandType.COMMAND_TYPE_START_TIMER,
    startTimerCommandAttributes: { timerId: 'same' },
  };
  await expect(answer(await poll(), [startTimer, startTimer])).rejects.toThrow('StartTimerDuplicateId');
  await answer(await poll(), [complete]);
  expect(await eventTypes(handle)).not.toContain('TimerStarted');
});

test('a task that fails again and again is written once, when it completes', async () => {
  const { handle, poll, answer, fail } = await startRaw();
  await fail(await poll());
  const second = await poll();
  expect(second.attempt).toBe(2);
  // The worker sees the attempt's events although the history does not have them.
  expect(second.history?.events).toHaveLength(6);
  await fail(second);
  const third = await poll();
  expect(third.attempt).toBe(3);
  expect(await eventTypes(handle)).toHaveLength(4);
  await answer(third, [complete]);
  expect((await eventTypes(handle)).slice(3)).toEqual([
    'WorkflowTaskFailed',
    'WorkflowTaskScheduled',
    'WorkflowTaskStarted',
    'WorkflowTaskCompleted',
    'WorkflowExecutionCompleted',
  ]);
});

test('an answer to a task that is over is refused', async () => {
  const { handle, poll, answer } = await startRaw();
  const task = await poll();
  await handle.terminate('over');
  await expect(answer(task, [complete])).rejects.toThrow('Workflow task not found.');
  expect((await eventTypes(handle)).slice(3)).toEqual(['WorkflowTaskFailed', 'WorkflowExecutionTerminated']);
});

test('a worker that lets more than a hundred signals wait loses its task', async () => {
  const { handle, poll, answer } = await startRaw();
  const task = await poll();
  await Promise.all(Array.from({ length: 101 }, (_, index) => handle.signal('many', index)));
  await expect(answer(task)).rejects.toThrow('Workflow task not found.');
  const next = await poll();
  expect(next.history?.events?.filter((event) => event.workflowExecutionSignaledEventAttributes)).toHaveLength(101);
  await answer(next, [complete]);
});
