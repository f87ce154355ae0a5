/**
 * A stage on which a script plays clients and workers with raw rpcs, no SDK between: whatever a service answers is
 * noted as one line, with ids and times masked, so that two services that behave alike leave the same lines.
 */
import type { Connection } from '@temporalio/client';
import { temporalProto } from '../../src/proto/root.js';
import type { temporal } from '../../src/proto/root.js';
import { seconds } from './scripts/commands.js';
import { Transcript } from './transcript.js';

type Command = temporal.api.command.v1.ICommand;
type StartRequest = temporal.api.workflowservice.v1.IStartWorkflowExecutionRequest;
type CompletedRequest = temporal.api.workflowservice.v1.IRespondWorkflowTaskCompletedRequest;
type FailedRequest = temporal.api.workflowservice.v1.IRespondWorkflowTaskFailedRequest;
export type WorkflowTask = temporal.api.workflowservice.v1.IPollWorkflowTaskQueueResponse;
export type ActivityTask = temporal.api.workflowservice.v1.IPollActivityTaskQueueResponse;
type HistoryEvent = temporal.api.history.v1.IHistoryEvent;
export type NexusTask = temporal.api.workflowservice.v1.IPollNexusTaskQueueResponse;
type RpcsOf<Service> = {
  [K in keyof Service]: Service[K] extends (request: infer R) => Promise<infer P> ? (request: R) => Promise<P> : never;
};
type Rpc = RpcsOf<Connection['workflowService']>;
type OperatorRpc = RpcsOf<Connection['operatorService']>;

const { EventType, HistoryEventFilterType } = temporalProto.api.enums.v1;
const IDENTITY = 'scripted';
/** Of a poll that the script expects to be answered. */
const POLL_MS = 30_000;

export class Stage {
  readonly transcript: Transcript;

  constructor(
    readonly connection: Connection,
    readonly namespace: string,
    /** The script's name: its workflow id and its task queue. */
    readonly name: string,
  ) {
    this.transcript = new Transcript(name);
  }

  /** What every request says. */
  get base(): { namespace: string; identity: string } {
    return { namespace: this.namespace, identity: IDENTITY };
  }

  /** Calls an rpc; its answer or error becomes a line. Returns undefined on an error. */
  async call<K extends keyof Rpc & string>(
    rpc: K,
    request: Parameters<Rpc[K]>[0],
    { isQuiet = false } = {},
  ): Promise<Awaited<ReturnType<Rpc[K]>> | undefined> {
    return (await this.#call(this.connection.workflowService, rpc, request, isQuiet)) as
      Awaited<ReturnType<Rpc[K]>> | undefined;
  }

  /** The same for an rpc of OperatorService. */
  async operator<K extends keyof OperatorRpc & string>(
    rpc: K,
    request: Parameters<OperatorRpc[K]>[0],
    { isQuiet = false } = {},
  ): Promise<Awaited<ReturnType<OperatorRpc[K]>> | undefined> {
    return (await this.#call(this.connection.operatorService, rpc, request, isQuiet)) as
      Awaited<ReturnType<OperatorRpc[K]>> | undefined;
  }

  async start(request: StartRequest = {}): Promise<string> {
    const reply = await this.call('startWorkflowExecution', {
      ...this.base,
      workflowId: this.name,
      workflowType: { name: 'type' },
      taskQueue: { name: this.name },
      requestId: `${this.name}-start`,
      ...request,
    });
    return reply?.runId ?? '';
  }

  async pollWorkflow(taskQueue: temporal.api.taskqueue.v1.ITaskQueue = {}): Promise<WorkflowTask> {
    const reply = await this.call('pollWorkflowTaskQueue', {
      ...this.base,
      taskQueue: { name: this.name, ...taskQueue },
    });
    return reply ?? {};
  }

  pollSticky(): Promise<WorkflowTask> {
    return this.pollWorkflow(this.stickyQueue);
  }

  get stickyQueue(): temporal.api.taskqueue.v1.ITaskQueue {
    return {
      name: `${this.name}-sticky`,
      kind: temporalProto.api.enums.v1.TaskQueueKind.TASK_QUEUE_KIND_STICKY,
      normalName: this.name,
    };
  }

  async pollActivity(taskQueue = this.name): Promise<ActivityTask> {
    const reply = await this.call('pollActivityTaskQueue', { ...this.base, taskQueue: { name: taskQueue } });
    return reply ?? {};
  }

  async pollNexus(taskQueue = this.name): Promise<NexusTask> {
    const reply = await this.call('pollNexusTaskQueue', { ...this.base, taskQueue: { name: taskQueue } });
    return reply ?? {};
  }

  completeNexus(task: NexusTask, response: temporal.api.nexus.v1.IResponse) {
    return this.call('respondNexusTaskCompleted', { ...this.base, taskToken: task.taskToken ?? null, response });
  }

  failNexus(task: NexusTask, error: temporal.api.nexus.v1.IHandlerError) {
    return this.call('respondNexusTaskFailed', { ...this.base, taskToken: task.taskToken ?? null, error });
  }

  complete(task: WorkflowTask, commands: Command[] = [], rest: CompletedRequest = {}) {
    return this.call('respondWorkflowTaskCompleted', {
      ...this.base,
      taskToken: task.taskToken ?? null,
      commands,
      ...rest,
    });
  }

  fail(task: WorkflowTask, rest: FailedRequest = {}) {
    return this.call('respondWorkflowTaskFailed', { ...this.base, taskToken: task.taskToken ?? null, ...rest });
  }

  /** Polls and completes. */
  async turn(commands: Command[] = [], rest: CompletedRequest = {}): Promise<WorkflowTask> {
    const task = await this.pollWorkflow();
    await this.complete(task, commands, rest);
    return task;
  }

  signal(signalName: string, rest: temporal.api.workflowservice.v1.ISignalWorkflowExecutionRequest = {}) {
    return this.call('signalWorkflowExecution', {
      ...this.base,
      workflowExecution: { workflowId: this.name },
      signalName,
      ...rest,
    });
  }

  terminate(workflowId = this.name) {
    return this.call('terminateWorkflowExecution', { ...this.base, workflowExecution: { workflowId }, reason: 'over' });
  }

  describe(workflowId = this.name, runId = '') {
    return this.call('describeWorkflowExecution', { namespace: this.namespace, execution: { workflowId, runId } });
  }

  /** Notes every event of a run. */
  async history(workflowId = this.name, runId = ''): Promise<HistoryEvent[]> {
    const events = await this.#read(workflowId, runId);
    this.transcript.events(
      workflowId === this.name ? 'history' : `history of ${workflowId.replace(this.name, '$')}`,
      events,
    );
    return events;
  }

  /** Waits, unnoted, until a run has `count` events of a type; gives the last of them. */
  async until(
    type: keyof typeof EventType,
    { workflowId = this.name, runId = '', count = 1 } = {},
  ): Promise<HistoryEvent> {
    const giveUpAtMs = Date.now() + POLL_MS;
    let nextPageToken: Uint8Array = new Uint8Array(0);
    let seen = 0;
    while (Date.now() < giveUpAtMs) {
      const reply = await this.connection.workflowService.getWorkflowExecutionHistory({
        namespace: this.namespace,
        execution: { workflowId, runId },
        waitNewEvent: true,
        nextPageToken,
      });
      for (const event of reply.history?.events ?? []) {
        if (event.eventType === EventType[type] && ++seen === count) return event;
      }
      nextPageToken = reply.nextPageToken;
      if (nextPageToken.length === 0) break;
    }
    throw new Error(`${this.name}: ${workflowId} got no ${type} (${seen} of ${count}).`);
  }

  /** Waits, unnoted, until a run has closed. */
  async untilClosed(workflowId = this.name, runId = ''): Promise<void> {
    await this.connection.withDeadline(Date.now() + POLL_MS, () =>
      this.connection.workflowService.getWorkflowExecutionHistory({
        namespace: this.namespace,
        execution: { workflowId, runId },
        waitNewEvent: true,
        historyEventFilterType: HistoryEventFilterType.HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT,
      }),
    );
  }

  /** Waits until the service says that this much time has passed: a workflow that nobody runs has timed out. */
  async elapse(count: number): Promise<void> {
    const workflowId = `${this.name}-clock-${count}`;
    await this.connection.workflowService.startWorkflowExecution({
      ...this.base,
      workflowId,
      workflowType: { name: 'clock' },
      taskQueue: { name: workflowId },
      requestId: workflowId,
      workflowRunTimeout: seconds(count),
    });
    await this.untilClosed(workflowId);
  }

  /** Lets what was called before reach the service. */
  async settle(): Promise<void> {
    await this.connection.workflowService.describeNamespace({ namespace: this.namespace });
    await this.connection.workflowService.describeNamespace({ namespace: this.namespace });
  }

  async #call(api: object, rpc: string, request: unknown, isQuiet: boolean): Promise<unknown> {
    const service = api as Record<string, (request: unknown) => Promise<unknown>>;
    const line = this.transcript.reserve();
    try {
      const reply = await this.connection.withDeadline(
        Date.now() + POLL_MS,
        () => service[rpc]?.call(service, request) ?? Promise.reject(new Error(rpc)),
      );
      if (!isQuiet) this.transcript.reply(line, rpc, reply);
      return reply;
    } catch (error) {
      this.transcript.error(line, rpc, error);
      return undefined;
    }
  }

  async #read(workflowId: string, runId: string): Promise<HistoryEvent[]> {
    const events: HistoryEvent[] = [];
    let nextPageToken: Uint8Array = new Uint8Array(0);
    do {
      const reply = await this.connection.workflowService.getWorkflowExecutionHistory({
        namespace: this.namespace,
        execution: { workflowId, runId },
        nextPageToken,
      });
      events.push(...(reply.history?.events ?? []));
      nextPageToken = reply.nextPageToken;
    } while (nextPageToken.length > 0);
    return events;
  }
}
