/**
 * A worker without an SDK: it polls workflow tasks and activity tasks itself and answers them with prebuilt commands.
 *
 *   type `one-activity`   first task: schedule one activity; next task: complete
 *   type `signalled`      every task: nothing, the workflow goes on waiting
 *
 * It tells of what it did by callbacks, so that measurements know when a workflow closed or a signal arrived. No
 * stickiness: both servers then send the whole (short) history with each task.
 */
import { randomUUID } from 'node:crypto';
import proto from '@temporalio/proto';

const { CommandType } = proto.temporal.api.enums.v1;
const seconds = (count) => ({ seconds: count });
/** gRPC's code. */
const NOT_FOUND = 5;

export class ScriptedWorker {
  #client;
  #base;
  #taskQueue;
  #onClosed;
  #onTask;
  #isRunning = true;
  #loops = [];

  /** `pollers`: how many polls of each kind are held open. */
  constructor(client, { namespace, taskQueue, pollers, onClosed = () => {}, onTask = () => {} }) {
    this.#client = client;
    this.#base = { namespace, identity: 'bench' };
    this.#taskQueue = { name: taskQueue };
    this.#onClosed = onClosed;
    this.#onTask = onTask;
    for (let poller = 0; poller < pollers; poller++) {
      this.#loops.push(this.#pollWorkflowTasks(), this.#pollActivityTasks());
    }
  }

  /** Ends the polls; resolves when every loop has ended, rejects when one of them had failed. */
  async stop() {
    this.#isRunning = false;
    this.#client.endPolls();
    await Promise.all(this.#loops);
  }

  async #pollWorkflowTasks() {
    while (this.#isRunning) {
      const task = await this.#client.poll('PollWorkflowTaskQueue', { ...this.#base, taskQueue: this.#taskQueue });
      if (!task?.taskToken?.length) continue;
      const isFirst = Number(task.previousStartedEventId) === 0;
      const isOneActivity = task.workflowType.name === 'one-activity';
      this.#onTask(task);
      const commands = !isOneActivity ? [] : isFirst ? [this.#scheduleActivity()] : [COMPLETE_WORKFLOW];
      const isTaken = await this.#answer('RespondWorkflowTaskCompleted', {
        ...this.#base,
        taskToken: task.taskToken,
        commands,
      });
      if (isTaken && isOneActivity && !isFirst) this.#onClosed(task.workflowExecution.workflowId);
    }
  }

  async #pollActivityTasks() {
    while (this.#isRunning) {
      const task = await this.#client.poll('PollActivityTaskQueue', { ...this.#base, taskQueue: this.#taskQueue });
      if (!task?.taskToken?.length) continue;
      await this.#answer('RespondActivityTaskCompleted', { ...this.#base, taskToken: task.taskToken, result: RESULT });
    }
  }

  /**
   * Whether the server took the answer. An overloaded one times a task out, hands it out again and refuses the first
   * answer. After `stop`, what is still under way may fail: nobody counts it any more.
   */
  async #answer(rpc, request) {
    try {
      await this.#client.call(rpc, request);
      return true;
    } catch (error) {
      if (this.#isRunning && error.code !== NOT_FOUND) throw new Error(`${rpc}: ${error.message}`, { cause: error });
      return false;
    }
  }

  #scheduleActivity() {
    return {
      commandType: CommandType.COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK,
      scheduleActivityTaskCommandAttributes: {
        activityId: '1',
        activityType: { name: 'echo' },
        taskQueue: this.#taskQueue,
        input: RESULT,
        startToCloseTimeout: seconds(60),
        scheduleToCloseTimeout: seconds(120),
        // Else a server may hand the activity back with the completion, past the poll that is measured.
        requestEagerExecution: false,
      },
    };
  }
}

/** Small, as ids and references are: what is measured is the service, not how it copies payloads. */
const RESULT = {
  payloads: [{ metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from(JSON.stringify('a'.repeat(100))) }],
};

const COMPLETE_WORKFLOW = {
  commandType: CommandType.COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION,
  completeWorkflowExecutionCommandAttributes: { result: RESULT },
};

/** A StartWorkflowExecution request with an input of the same size. */
export function startRequest({ namespace, taskQueue, workflowId, type }) {
  return {
    namespace,
    workflowId,
    workflowType: { name: type },
    taskQueue: { name: taskQueue },
    input: RESULT,
    workflowTaskTimeout: seconds(10),
    identity: 'bench',
    requestId: randomUUID(),
  };
}

/** A SignalWorkflowExecution request. */
export function signalRequest({ namespace, workflowId, name }) {
  return {
    namespace,
    workflowExecution: { workflowId },
    signalName: name,
    input: RESULT,
    identity: 'bench',
    requestId: randomUUID(),
  };
}
