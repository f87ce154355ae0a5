/**
 * Load on one server: keeps a number of one-activity workflows open at a time, until it is told to stop. A workflow
 * counts as closed when the server has acknowledged the task that completes it; its time runs from before the start
 * call to that moment.
 */
import { randomUUID } from 'node:crypto';
import { ScriptedWorker, startRequest } from './scripted-worker.mjs';

/** Polls held open per kind: enough that a task never waits for a poll at 50 workflows at once. */
const POLLERS = 16;
/** A bound on what one load may start, whatever the time. */
const MAX_WORKFLOWS = 50_000;

export class WorkflowLoad {
  #client;
  #namespace;
  #taskQueue = `bench-${randomUUID().slice(0, 8)}`;
  #worker;
  #open = new Map();
  #closedListeners = new Map();
  #isStopping = false;
  #started = 0;
  #slots = [];
  #closures = [];

  constructor(client, { namespace, atOnce }) {
    this.#client = client;
    this.#namespace = namespace;
    this.#worker = new ScriptedWorker(client, {
      namespace,
      taskQueue: this.#taskQueue,
      pollers: Math.min(POLLERS, atOnce * 2),
      onClosed: (workflowId) => this.#onClosed(workflowId),
    });
    for (let slot = 0; slot < atOnce; slot++) this.#slots.push(this.#fillSlot());
  }

  /** `{ atMs, tookMs }` of every workflow closed so far. */
  get closures() {
    return this.#closures;
  }

  /** Starts nothing more, waits for what is open, ends the polls. */
  async stop() {
    this.#isStopping = true;
    await Promise.all(this.#slots);
    await this.#worker.stop();
  }

  async #fillSlot() {
    while (!this.#isStopping && this.#started < MAX_WORKFLOWS) {
      this.#started += 1;
      const workflowId = randomUUID();
      const startedAtMs = performance.now();
      const closed = new Promise((resolve) => this.#closedListeners.set(workflowId, resolve));
      this.#open.set(workflowId, startedAtMs);
      await this.#client.call(
        'StartWorkflowExecution',
        startRequest({ namespace: this.#namespace, taskQueue: this.#taskQueue, workflowId, type: 'one-activity' }),
      );
      await closed;
    }
  }

  #onClosed(workflowId) {
    const atMs = performance.now();
    this.#closures.push({ atMs, tookMs: atMs - this.#open.get(workflowId) });
    this.#open.delete(workflowId);
    this.#closedListeners.get(workflowId)?.();
    this.#closedListeners.delete(workflowId);
  }
}
