/** Stories as the benchmark drives them: started, waited for at step 16, approved, read. */
import { setTimeout as elapse } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';

const WORKFLOW_TYPE = 'SDLCWorkflow';
/** All of a benchmark's stories must be where they should be within this time, else something is wrong. */
const PATIENCE_MS = 300_000;
/** Starts that are under way at a time. */
const STARTS_AT_ONCE = 20;

export class StoryRuns {
  #connection;
  #client;
  #taskQueue;
  #ids = [];

  static async connect(address, { taskQueue, searchAttributes }) {
    const runs = new StoryRuns();
    runs.#connection = await Connection.connect({ address });
    runs.#client = new Client({ connection: runs.#connection });
    runs.#taskQueue = taskQueue;
    await runs.#connection.operatorService.addSearchAttributes({ namespace: 'default', searchAttributes });
    return runs;
  }

  /** Starts `count` stories; their workflow ids. */
  async start(count) {
    const ids = Array.from({ length: count }, (_, index) => `sdlc-BENCH-${this.#ids.length + index + 1}`);
    this.#ids.push(...ids);
    await inParallel(ids, (workflowId) =>
      this.#client.workflow.start(WORKFLOW_TYPE, {
        workflowId,
        taskQueue: this.#taskQueue,
        args: [{ jira_key: 'DEMO-1' }],
      }),
    );
    return ids;
  }

  /** Resolves when that many stories wait for a person. */
  async waiting(count) {
    await this.#until(count, 'VishkarState = "waiting_approval" AND ExecutionStatus = "Running"');
  }

  /** The seed's own signal, and the result of each. */
  async approve(ids) {
    await inParallel(ids, async (workflowId) => {
      const handle = this.#client.workflow.getHandle(workflowId);
      await handle.signal('approve');
      const result = await handle.result();
      if (result.success !== true) throw new Error(`${workflowId} did not end merged: ${JSON.stringify(result)}`);
    });
  }

  /** Events, bytes and activities of the histories, on average. */
  async histories(ids) {
    const sum = { events: 0, bytes: 0, activities: 0, workflowTasks: 0 };
    for (const workflowId of ids) {
      const handle = this.#client.workflow.getHandle(workflowId);
      const { raw, historyLength } = await handle.describe();
      sum.events += historyLength;
      sum.bytes += Number(raw.workflowExecutionInfo.historySizeBytes);
      for (const event of (await handle.fetchHistory()).events) {
        if (event.activityTaskCompletedEventAttributes) sum.activities += 1;
        if (event.workflowTaskCompletedEventAttributes) sum.workflowTasks += 1;
      }
    }
    return Object.fromEntries(Object.entries(sum).map(([key, value]) => [key, value / ids.length]));
  }

  async close() {
    await this.#connection.close();
  }

  async #until(count, query) {
    const latest = performance.now() + PATIENCE_MS;
    let seen = 0;
    while (performance.now() < latest) {
      seen = (await this.#client.workflow.count(query)).count;
      if (seen >= count) return;
      await elapse(100);
    }
    throw new Error(`${seen} of ${count} stories are where they should be: ${query}`);
  }
}

async function inParallel(items, work) {
  const queue = [...items];
  const next = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: STARTS_AT_ONCE }, next));
}
