/**
 * From a signal to the workflow task that brings it, one signal at a time to one waiting workflow: what a person who
 * approves, or a client that updates, waits for. It runs beside the load, on a task queue and a connection of its own.
 */
import { randomUUID } from 'node:crypto';
import { RawClient } from './raw-client.mjs';
import { ScriptedWorker, signalRequest, startRequest } from './scripted-worker.mjs';

/** So few are sent also when the time is over: a slow server must not get away without a number. */
const MIN_SIGNALS = 5;

/** Signals until `isOver()`, at most `count`; resolves with ms per signal. */
export async function signalLatencies(address, { namespace, count, isOver }) {
  const client = new RawClient(address);
  const taskQueue = `bench-signals-${randomUUID().slice(0, 8)}`;
  const workflowId = randomUUID();
  let arrived = () => {};
  const worker = new ScriptedWorker(client, { namespace, taskQueue, pollers: 2, onTask: () => arrived() });
  const nextTask = () => new Promise((resolve) => (arrived = () => resolve(performance.now())));
  const latencies = [];
  try {
    let task = nextTask();
    await client.call('StartWorkflowExecution', startRequest({ namespace, taskQueue, workflowId, type: 'signalled' }));
    await task;
    while (latencies.length < MIN_SIGNALS || (latencies.length < count && !isOver())) {
      task = nextTask();
      const sentAtMs = performance.now();
      await client.call('SignalWorkflowExecution', signalRequest({ namespace, workflowId, name: 'poke' }));
      latencies.push((await task) - sentAtMs);
    }
    await client.call('TerminateWorkflowExecution', {
      namespace,
      workflowExecution: { workflowId },
      reason: 'measured',
    });
  } finally {
    await worker.stop();
    client.close();
  }
  return latencies;
}
