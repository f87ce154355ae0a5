/**
 * Random operations of clients and workers, one after the other, against a service and the model of it, with a crash now
 * and then. A crash goes on from a copy of the file and its log as a disk may hold them after power loss: as they were
 * in front of a commit (whose operation is then one that never happened), or behind the last acknowledged one, with the
 * beginning of a write that never got there at the end of the log.
 */
import { appendFileSync, copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import type { SeededRandom } from '@vishkar/testkit';
import { startDevServer } from '../../src/dev-server.js';
import type { DevServer } from '../../src/dev-server.js';
import type { temporal } from '../../src/proto/root.js';
import { databaseFaults } from '../support/database-faults.js';
import {
  completeWorkflowExecution,
  failure,
  scheduleActivityTask,
  seconds,
  startTimer,
} from '../support/scripts/commands.js';
import { close, differences, endTask, newRun, tell } from './workflow-model.js';
import type { ModelRun } from './workflow-model.js';

const BASE = { namespace: 'default', identity: 'model' };
const WORKFLOWS = 6;
/** Of a poll that has something to get. */
const POLL_MS = 20_000;

export interface ModelReport {
  readonly operations: Readonly<Record<string, number>>;
  readonly crashes: number;
  readonly violations: readonly string[];
}

/** Changes the model once the service has acknowledged. */
type Acknowledge = () => void;
type Operation = () => Promise<Acknowledge>;

export class ModelledService {
  readonly #folder: string;
  readonly #random: SeededRandom;
  readonly #runs: ModelRun[] = [];
  readonly #operations: Record<string, number> = {};
  readonly #violations: string[] = [];
  #filename: string;
  #crashes = 0;
  #server: DevServer | undefined;
  #connection: Connection | undefined;
  /** Copies the files in front of the next commit. */
  #copyTo: string | undefined;
  #names = 0;

  constructor(folder: string, random: SeededRandom) {
    this.#folder = folder;
    this.#random = random;
    this.#filename = join(folder, 'model-0.db');
  }

  async run(operations: number, crashEvery: number): Promise<ModelReport> {
    await this.#open();
    try {
      for (let n = 1; n <= operations; n++) {
        if (n % crashEvery === 0) await this.#crash(this.#random.next() < 0.5);
        else (await this.#choose()())();
      }
      await this.#compare();
    } finally {
      await this.#closeService();
    }
    this.#violations.push(...databaseFaults(this.#filename));
    return { operations: this.#operations, crashes: this.#crashes, violations: this.#violations };
  }

  // ---- the service, its crashes and what it must still know

  async #open(): Promise<void> {
    const onDebugPoint = (point: 'before-commit' | 'after-commit'): void => {
      if (point === 'before-commit' && this.#copyTo !== undefined) this.#copy(this.#copyTo);
    };
    this.#server = await startDevServer({ port: 0, dbFilename: this.#filename, onDebugPoint });
    this.#connection = await Connection.connect({ address: this.#server.address, interceptors: [] });
  }

  async #closeService(): Promise<void> {
    await this.#connection?.close();
    await this.#server?.close();
  }

  async #crash(isBeforeCommit: boolean): Promise<void> {
    this.#crashes += 1;
    const next = join(this.#folder, `model-${this.#crashes}.db`);
    if (isBeforeCommit) {
      this.#copyTo = next;
      // What this does is acknowledged by a service that is gone: the model does not hear of it.
      await this.#choose()();
      this.#copyTo = undefined;
    }
    if (!existsSync(next)) this.#copy(next);
    if (existsSync(`${next}-wal`)) {
      const torn = Buffer.from(
        Array.from({ length: this.#random.between(0, 6000) }, () => this.#random.between(0, 255)),
      );
      appendFileSync(`${next}-wal`, torn);
    }
    await this.#closeService();
    this.#filename = next;
    await this.#open();
    await this.#compare();
  }

  #copy(target: string): void {
    this.#copyTo = undefined;
    copyFileSync(this.#filename, target);
    if (existsSync(`${this.#filename}-wal`)) copyFileSync(`${this.#filename}-wal`, `${target}-wal`);
  }

  async #compare(): Promise<void> {
    for (const run of this.#runs) {
      const { history } = await this.#api.getWorkflowExecutionHistory({
        ...BASE,
        execution: { workflowId: run.workflowId, runId: run.runId },
      });
      this.#violations.push(...differences(run, history?.events ?? []));
    }
  }

  get #api(): Connection['workflowService'] {
    if (!this.#connection) throw new Error('The service does not run.');
    return this.#connection.workflowService;
  }

  // ---- operations

  #choose(): Operation {
    const open = this.#runs.filter(({ ending }) => !ending);
    const choices: [string, Operation][] = [];
    if (open.length < WORKFLOWS) choices.push(['start', () => this.#start()]);
    for (const run of open) {
      choices.push(['signal', () => this.#signal(run)]);
      if (run.task === 'scheduled') choices.push(...this.#often('poll', () => this.#poll(run)));
      if (run.task === 'started') choices.push(...this.#often('complete task', () => this.#completeTask(run)));
      if (run.task === 'started' && run.failures === 0) choices.push(['fail task', () => this.#failTask(run)]);
      if (!run.isCancelRequested) choices.push(['cancel', () => this.#cancel(run)]);
      if (this.#random.next() < 0.1) choices.push(['terminate', () => this.#terminate(run)]);
      for (const [id, { state }] of run.activities) {
        if (state === 'scheduled') choices.push(['poll activity', () => this.#pollActivity(run)]);
        if (state === 'started') choices.push(['complete activity', () => this.#completeActivity(run, id)]);
      }
    }
    const chosen = choices[this.#random.between(0, choices.length - 1)];
    if (!chosen) throw new Error('There is nothing to do.');
    this.#operations[chosen[0]] = (this.#operations[chosen[0]] ?? 0) + 1;
    return chosen[1];
  }

  #often(name: string, operation: Operation): [string, Operation][] {
    return Array.from({ length: 3 }, () => [name, operation]);
  }

  #name(what: string): string {
    this.#names += 1;
    return `${what}-${this.#names}`;
  }

  async #start(): Promise<Acknowledge> {
    const workflowId = this.#name('workflow');
    const { runId } = await this.#api.startWorkflowExecution({
      ...BASE,
      workflowId,
      workflowType: { name: 'type' },
      taskQueue: { name: workflowId },
      requestId: workflowId,
      workflowTaskTimeout: seconds(120),
    });
    return () => this.#runs.push(newRun(workflowId, runId));
  }

  async #signal(run: ModelRun): Promise<Acknowledge> {
    const signalName = this.#name('signal');
    const request = { ...BASE, workflowExecution: this.#executionOf(run), signalName, requestId: signalName };
    try {
      await this.#api.signalWorkflowExecution(request);
    } catch (error) {
      // A worker has tried to close the workflow, and has first to see what came meanwhile: then nothing more may come.
      if (String(error).includes('workflow is closing')) return () => undefined;
      throw error;
    }
    // Sent again, it is the same signal.
    if (this.#random.next() < 0.2) await this.#api.signalWorkflowExecution(request);
    return () => {
      run.signals.push(signalName);
      if (run.task === 'started') run.buffered += 1;
      tell(run);
    };
  }

  async #cancel(run: ModelRun): Promise<Acknowledge> {
    const workflowExecution = this.#executionOf(run);
    await this.#api.requestCancelWorkflowExecution({ ...BASE, workflowExecution, requestId: this.#name('cancel') });
    return () => {
      run.isCancelRequested = true;
      tell(run);
    };
  }

  async #terminate(run: ModelRun): Promise<Acknowledge> {
    await this.#api.terminateWorkflowExecution({ ...BASE, workflowExecution: this.#executionOf(run) });
    return () => close(run, 'TERMINATED');
  }

  async #poll(run: ModelRun): Promise<Acknowledge> {
    const task = await this.#polling(() =>
      this.#api.pollWorkflowTaskQueue({ ...BASE, taskQueue: { name: run.workflowId } }),
    );
    if (task.taskToken.length === 0) this.#violations.push(`${run.workflowId}: its workflow task was lost`);
    return () => {
      run.task = 'started';
      run.taskToken = task.taskToken;
    };
  }

  async #failTask(run: ModelRun): Promise<Acknowledge> {
    await this.#api.respondWorkflowTaskFailed({ ...BASE, taskToken: run.taskToken, failure: failure('as planned') });
    return () => endTask(run, { hasFailed: true });
  }

  async #completeTask(run: ModelRun): Promise<Acknowledge> {
    const isEnding = run.failures === 0 && this.#random.next() < 0.2;
    if (isEnding) return this.#endRun(run);
    const activityIds = Array.from({ length: this.#random.between(0, 2) }, () => this.#name('activity'));
    const timerIds = Array.from({ length: this.#random.between(0, 1) }, () => this.#name('timer'));
    await this.#respond(run, [
      ...activityIds.map((activityId) =>
        scheduleActivityTask({
          activityId,
          activityType: { name: 'type' },
          taskQueue: { name: run.workflowId },
          startToCloseTimeout: seconds(600),
        }),
      ),
      ...timerIds.map((timerId) => startTimer({ timerId, startToFireTimeout: seconds(3600) })),
    ]);
    return () => {
      for (const id of activityIds) run.activities.set(id, { state: 'scheduled', token: new Uint8Array(0) });
      run.timers += timerIds.length;
      endTask(run, { hasFailed: false });
    };
  }

  async #endRun(run: ModelRun): Promise<Acknowledge> {
    const command = completeWorkflowExecution();
    try {
      await this.#respond(run, [command]);
    } catch {
      // Something else came meanwhile: the worker has to look at that first.
      return () => endTask(run, { hasFailed: true });
    }
    return () => close(run, 'COMPLETED');
  }

  async #respond(run: ModelRun, commands: temporal.api.command.v1.ICommand[]): Promise<void> {
    await this.#api.respondWorkflowTaskCompleted({ ...BASE, taskToken: run.taskToken, commands });
  }

  async #pollActivity(run: ModelRun): Promise<Acknowledge> {
    const task = await this.#polling(() =>
      this.#api.pollActivityTaskQueue({ ...BASE, taskQueue: { name: run.workflowId } }),
    );
    const activity = run.activities.get(task.activityId);
    if (activity?.state !== 'scheduled')
      this.#violations.push(`${run.workflowId}: activity ${task.activityId || 'none'} was handed out, or one was lost`);
    return () => run.activities.set(task.activityId, { state: 'started', token: task.taskToken });
  }

  async #completeActivity(run: ModelRun, id: string): Promise<Acknowledge> {
    await this.#api.respondActivityTaskCompleted({ ...BASE, taskToken: run.activities.get(id)?.token ?? null });
    return () => {
      run.activities.set(id, { state: 'done', token: new Uint8Array(0) });
      tell(run);
    };
  }

  #polling<T>(poll: () => Promise<T>): Promise<T> {
    if (!this.#connection) throw new Error('The service does not run.');
    return this.#connection.withDeadline(Date.now() + POLL_MS, poll);
  }

  #executionOf = ({ workflowId, runId }: ModelRun) => ({ workflowId, runId });
}
