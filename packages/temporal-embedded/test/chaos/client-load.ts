/**
 * Load from the official client and worker, with a ledger of everything they were told. Several clients at a time each
 * drive one workflow after the other: start, signals, work, updates, finish, result. Half of them repeat a call that got
 * no answer, as the SDK does by default (with the same request id: it must not count twice); the others give up on it.
 */
import { setTimeout as elapse } from 'node:timers/promises';
import { status } from '@grpc/grpc-js';
import { CompleteAsyncError, Context } from '@temporalio/activity';
import { Client, Connection, WorkflowNotFoundError, WorkflowUpdateStage } from '@temporalio/client';
import type { WorkflowHandle } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { waitUntil } from '@vishkar/testkit';
import type { SeededRandom } from '@vishkar/testkit';
import { installQuietRuntime, uniqueName } from '../support/embedded-service.js';
import { workflowBundle } from '../support/workflow-bundle.js';
import { finish, keepsLedger, note, put, work } from './keeps-ledger.workflows.js';
import type { ChaosActivities } from './keeps-ledger.workflows.js';
import { WorkflowLedger } from './ledger.js';

/** Reconnects as soon as the service is back. */
const CHANNEL = {
  'grpc.initial_reconnect_backoff_ms': 20,
  'grpc.min_reconnect_backoff_ms': 20,
  'grpc.max_reconnect_backoff_ms': 100,
};
const CLIENTS = 8;
const MAX_OPERATIONS = 12;
/** A client whose call was not answered waits this long before the next one. */
const DOWN_PAUSE_MS = 100;
/** Enough for a service that was killed for the last time and has to wait for all that its predecessors handed out. */
const PATIENCE_MS = 60_000;
/** Workflow tasks that a killed process had handed out come back after this long. */
const WORKFLOW_TASK_TIMEOUT = '1s';

type LedgerHandle = WorkflowHandle<typeof keepsLedger>;

/** How many operations were answered, by kind. */
export interface Totals {
  readonly workflows: number;
  readonly acknowledged: Readonly<Record<'starts' | 'signals' | 'updates' | 'completions' | 'results', number>>;
  /** Sent, and never answered. */
  readonly unanswered: number;
}

export class ClientLoad {
  readonly ledgers: WorkflowLedger[] = [];
  /** Answers that a service which loses nothing never gives. */
  readonly surprises: string[] = [];
  readonly #taskQueue = uniqueName('chaos');
  readonly #random: SeededRandom;
  readonly #byId = new Map<string, WorkflowLedger>();
  readonly #completions = new Set<Promise<void>>();
  readonly #closers: (() => Promise<void>)[] = [];
  #driving: Promise<unknown> = Promise.resolve();
  #client: Client | undefined;
  #isStopping = false;
  #sequence = 0;

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  /** Connects to a service that serves, starts the worker and the clients. */
  async start(address: string): Promise<void> {
    installQuietRuntime();
    const patient = await Connection.connect({ address, channelArgs: CHANNEL });
    const impatient = await Connection.connect({ address, channelArgs: CHANNEL, interceptors: [] });
    const native = await NativeConnection.connect({ address });
    const client = new Client({ connection: patient });
    this.#client = client;
    const worker = await Worker.create({
      connection: native,
      taskQueue: this.#taskQueue,
      workflowBundle: await workflowBundle(new URL('./keeps-ledger.workflows.ts', import.meta.url)),
      activities: this.#activities(client),
      shutdownGraceTime: 0,
    });
    const working = worker.run();
    this.#closers.push(
      async () => {
        worker.shutdown();
        await working;
      },
      () => native.close(),
      () => patient.close(),
      () => impatient.close(),
    );
    const clients = [client, new Client({ connection: impatient })];
    this.#driving = Promise.all(
      Array.from({ length: CLIENTS }, (_, index) => this.#drive(clients[index % clients.length] ?? client, client)),
    );
    // Looked at when the load is finished; until then a failure must not end the process.
    this.#driving.catch(() => undefined);
  }

  /** Starts no more workflows; resolves when those under way have finished. The service must serve by now. */
  async finish(): Promise<void> {
    this.#isStopping = true;
    await this.#driving;
    await Promise.all(this.#completions);
    // Starts whose answer was lost: those that exist are ended like the others, and then held to the same rules.
    for (const ledger of this.ledgers.filter(({ runId }) => runId === undefined)) {
      if (await this.#exists(ledger)) await this.#finishWorkflow(this.#reader(), ledger);
    }
  }

  /** What the histories of all workflows say against what the clients were told; none: nothing lost, nothing doubled. */
  async violations(): Promise<string[]> {
    const found = [...this.surprises];
    for (const ledger of this.ledgers) {
      if (ledger.runId === undefined && ledger.result === undefined) continue;
      const handle = this.#reader().workflow.getHandle(ledger.workflowId);
      const { runId } = await handle.describe();
      if (ledger.runId !== undefined && ledger.runId !== runId)
        found.push(`${ledger.workflowId}: another run is there`);
      found.push(...ledger.violations((await handle.fetchHistory()).events ?? []));
    }
    const { count } = await this.#reader().workflow.count(`TaskQueue = "${this.#taskQueue}"`);
    const known = this.ledgers.filter(({ result }) => result !== undefined).length;
    if (count !== known) found.push(`visibility lists ${count} workflows, the clients know ${known}`);
    return found;
  }

  #reader(): Client {
    if (!this.#client) throw new Error('The load was not started.');
    return this.#client;
  }

  async #exists({ workflowId }: WorkflowLedger): Promise<boolean> {
    try {
      await this.#reader().workflow.getHandle(workflowId).describe();
      return true;
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return false;
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#isStopping = true;
    for (const close of this.#closers) await close();
  }

  totals(): Totals {
    const sum = (kinds: readonly ('note' | 'work' | 'put' | 'completion')[], isAcknowledged: boolean): number =>
      this.ledgers.reduce((total, ledger) => {
        return total + kinds.reduce((part, kind) => part + ledger.count(kind, isAcknowledged), 0);
      }, 0);
    const starts = this.ledgers.filter(({ runId }) => runId !== undefined).length;
    return {
      workflows: this.ledgers.length,
      acknowledged: {
        starts,
        signals: sum(['note', 'work'], true),
        updates: sum(['put'], true),
        completions: sum(['completion'], true),
        results: this.ledgers.filter(({ result }) => result !== undefined).length,
      },
      unanswered: this.ledgers.length - starts + sum(['note', 'work', 'put', 'completion'], false),
    };
  }

  #activities(client: Client): ChaosActivities {
    return {
      echo: (text) => Promise.resolve(text),
      external: (workId) => {
        const { taskToken, attempt, workflowExecution } = Context.current().info;
        const ledger = this.#byId.get(workflowExecution?.workflowId ?? '');
        if (ledger) {
          const completion = this.#complete(client, ledger, taskToken, `${workId} by attempt ${attempt}`);
          this.#completions.add(completion);
          void completion.finally(() => this.#completions.delete(completion));
        }
        return Promise.reject(new CompleteAsyncError());
      },
    };
  }

  async #complete(client: Client, ledger: WorkflowLedger, taskToken: Uint8Array, value: string): Promise<void> {
    ledger.attempt('completion', value);
    try {
      await client.activity.complete(taskToken, value);
      ledger.acknowledge('completion', value);
    } catch {
      // Not found: the attempt has timed out, or the answer to a completion that counted got lost. The history decides.
    }
  }

  async #drive(client: Client, reader: Client): Promise<void> {
    while (!this.#isStopping) {
      const ledger = new WorkflowLedger(uniqueName('chaos'));
      this.ledgers.push(ledger);
      this.#byId.set(ledger.workflowId, ledger);
      const handle = await this.#startWorkflow(client, ledger);
      if (!handle) {
        // It may exist or not. While the service is down, trying at full speed would be no load on it.
        await elapse(DOWN_PAUSE_MS);
        continue;
      }
      const operations = this.#random.between(1, MAX_OPERATIONS);
      for (let count = 0; count < operations && !this.#isStopping; count++) await this.#operate(handle, ledger);
      await this.#finishWorkflow(reader, ledger);
    }
  }

  /** Signals `finish` until that is acknowledged, and waits for the result. */
  async #finishWorkflow(client: Client, ledger: WorkflowLedger): Promise<void> {
    const { workflowId } = ledger;
    const handle = client.workflow.getHandle<typeof keepsLedger>(workflowId, ledger.runId);
    const sendFinish = async (): Promise<boolean> => {
      const answer = await this.#answered(`finish of ${workflowId}`, async () => {
        try {
          await handle.signal(finish);
        } catch (error) {
          // The answer to an earlier one was lost (the client repeats calls by itself, too), and the workflow has
          // completed since. That it has, and by this signal, its result and its history show.
          if (!(error instanceof WorkflowNotFoundError)) throw error;
        }
      });
      return answer !== undefined;
    };
    await this.#eventually(sendFinish, `${workflowId} to take the signal that ends it`);
    const readResult = async (): Promise<boolean> => {
      const answer = await this.#answered(`result of ${workflowId}`, () => handle.result());
      ledger.result = answer?.value;
      return answer !== undefined;
    };
    await this.#eventually(readResult, `${workflowId} to complete`);
  }

  /** The kills come faster than a slow machine starts the service: how long it takes proves something only after the last. */
  async #eventually(isDone: () => Promise<boolean>, what: string): Promise<void> {
    while (!this.#isStopping) {
      if (await isDone()) return;
      await elapse(DOWN_PAUSE_MS);
    }
    await waitUntil(isDone, { what, timeoutMs: PATIENCE_MS });
  }

  async #startWorkflow(client: Client, ledger: WorkflowLedger): Promise<LedgerHandle | undefined> {
    const answer = await this.#answered(`start of ${ledger.workflowId}`, () =>
      client.workflow.start(keepsLedger, {
        workflowId: ledger.workflowId,
        taskQueue: this.#taskQueue,
        workflowTaskTimeout: WORKFLOW_TASK_TIMEOUT,
      }),
    );
    ledger.runId = answer?.value.firstExecutionRunId;
    return answer?.value;
  }

  async #operate(handle: LedgerHandle, ledger: WorkflowLedger): Promise<void> {
    const kind = (['note', 'note', 'work', 'put'] as const)[this.#random.between(0, 3)] ?? 'note';
    const id = `${kind} ${(this.#sequence += 1)}`;
    ledger.attempt(kind, id);
    const answer = await this.#answered(`${id} of ${ledger.workflowId}`, async () => {
      if (kind === 'note') return void (await handle.signal(note, id));
      if (kind === 'work') return void (await handle.signal(work, id));
      if (this.#random.next() < 0.5) return await handle.executeUpdate(put, { args: [id] });
      await handle.startUpdate(put, { args: [id], waitForStage: WorkflowUpdateStage.ACCEPTED });
    });
    if (answer) ledger.acknowledge(kind, id, answer.value ?? undefined);
  }

  /** What a call gave; undefined when its answer was lost with the service. Any other failure is a surprise. */
  async #answered<T>(what: string, call: () => Promise<T>): Promise<{ readonly value: T } | undefined> {
    try {
      return { value: await call() };
    } catch (error) {
      if (!isLostAnswer(error)) this.surprises.push(`${what}: ${String(error)} <- ${String((error as Error).cause)}`);
      return undefined;
    }
  }
}

/** Codes of a call whose connection broke under it, or which found no service. */
const LOST_ANSWER_CODES: ReadonlySet<number> = new Set([
  status.UNAVAILABLE,
  status.CANCELLED,
  status.DEADLINE_EXCEEDED,
]);

/** Said to updates while a task of the workflow has failed, or timed out with a killed service, three times in a row. */
const REFUSED_FOR_NOW = /due to Workflow Task in failed state/;

/** Nothing is known of the call then: the client may have repeated it by itself, and the first try may have counted. */
function isLostAnswer(error: unknown): boolean {
  for (let each = error; each instanceof Error; each = each.cause) {
    const { code, details } = each as { code?: unknown; details?: unknown };
    if (typeof code !== 'number') continue;
    // grpc-js says INTERNAL or UNKNOWN of a stream that a dying process reset.
    if (code === status.FAILED_PRECONDITION && REFUSED_FOR_NOW.test(String(details))) return true;
    return LOST_ANSWER_CODES.has(code) || /RST_STREAM|ECONNRESET|goaway/i.test(String(details));
  }
  return false;
}
