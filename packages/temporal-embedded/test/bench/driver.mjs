/**
 * The client's process: puts load on the server at an address and reports numbers to its parent. A process of its own,
 * so that the client's work is never counted as the server's. The same code for every server.
 *
 * Parent sends `{ address, pid, plan }` once and gets `{ result }` or `{ failure }`.
 */
import { setTimeout as elapse } from 'node:timers/promises';
import { cpuMs, residentBytes } from './process-usage.mjs';
import { RawClient } from './raw-client.mjs';
import { signalLatencies } from './signal-latency.mjs';
import { percentile } from './statistics.mjs';
import { WorkflowLoad } from './workflow-load.mjs';

const NAMESPACE = 'default';
const MAX_SIGNALS = 2_000;

process.once('message', ({ address, pid, plan }) => {
  measure(address, pid, plan).then(
    (result) => process.send({ result }, () => process.exit(0)),
    (error) => process.send({ failure: error.stack ?? String(error) }, () => process.exit(1)),
  );
});

/**
 * Waits for `ms`, and up to three times as long for `isEnough`: a server that closes a whole burst every two seconds would
 * otherwise be measured between two bursts.
 */
async function elapseWith(ms, isEnough) {
  const latest = performance.now() + 3 * ms;
  await elapse(ms);
  while (!isEnough() && performance.now() < latest) await elapse(10);
}

async function measure(address, pid, plan) {
  const client = new RawClient(address);
  let closed = 0;
  /** Runs load, ignores the warm-up, and measures a window. */
  const window = async ({ atOnce, warmUpMs, windowMs, beside = () => {} }) => {
    const load = new WorkflowLoad(client, { namespace: NAMESPACE, atOnce });
    await elapseWith(warmUpMs, () => load.closures.length >= atOnce);
    const startMs = performance.now();
    const cpuAtStart = cpuMs(pid);
    let isOver = false;
    const besideDone = beside(() => isOver);
    const closedBefore = load.closures.length;
    await elapseWith(windowMs, () => load.closures.length >= closedBefore + 2 * atOnce);
    const endMs = performance.now();
    const cpuAtEnd = cpuMs(pid);
    isOver = true;
    const besideResult = await besideDone;
    await load.stop();
    closed += load.closures.length;
    const took = load.closures.filter(({ atMs }) => atMs >= startMs && atMs < endMs).map(({ tookMs }) => tookMs);
    const cpu = cpuAtStart === undefined || cpuAtEnd === undefined ? undefined : cpuAtEnd - cpuAtStart;
    return { took, elapsedMs: endMs - startMs, cpu, besideResult };
  };

  const many = await window({ atOnce: plan.atOnce, warmUpMs: plan.warmUpMs, windowMs: plan.windowMs });
  // Right after the load, before memory is given back.
  const rssAfterBytes = residentBytes(pid);
  const one = await window({ atOnce: 1, warmUpMs: plan.warmUpMs / 4, windowMs: plan.windowMs / 4 });
  const signals = await window({
    atOnce: plan.atOnce,
    warmUpMs: plan.warmUpMs / 4,
    windowMs: plan.windowMs / 4,
    beside: (isOver) => signalLatencies(address, { namespace: NAMESPACE, count: MAX_SIGNALS, isOver }),
  });
  client.close();
  if (many.took.length === 0) throw new Error('No workflow closed within the measured time.');
  return {
    workflowsPerSecond: (many.took.length / many.elapsedMs) * 1000,
    cpuMsPerWorkflow: many.cpu === undefined ? undefined : many.cpu / many.took.length,
    startToCloseP50Ms: percentile(many.took, 0.5),
    startToCloseP99Ms: percentile(many.took, 0.99),
    oneAtATimeP50Ms: percentile(one.took, 0.5),
    signalToTaskP50Ms: percentile(signals.besideResult, 0.5),
    rssAfterBytes,
    closed,
    measured: many.took.length,
    signals: signals.besideResult.length,
  };
}
