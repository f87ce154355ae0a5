/**
 * What the store costs as it grows, on the built package:
 *
 *   node test/bench/store-scale.mjs [CLOSED] [OPEN]      default 200000 closed and 100000 open runs
 *
 * A closed run is written in the six groups that a workflow with one activity takes. Printed: time per run at each size,
 * bytes per run, how long boot's scan of the open runs takes, and lists and counts at full size.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../../dist/persistence/open-store.js';

const [closedCount = '200000', openCount = '100000'] = process.argv.slice(2);
const RUNS_AT_ONCE = 100;
const STATE = Buffer.alloc(350, 1);
const FIRST_EVENTS = Buffer.alloc(700, 2);
const EVENTS = Buffer.alloc(300, 3);
const NAMESPACE = '00000000-0000-4000-8000-000000000000';
const NO_DIVISION = { type: 'absent', field: { kind: 'column', column: 'namespaceDivision' } };

const folder = mkdtempSync(join(tmpdir(), 'store-scale-'));
const filename = join(folder, 'a.db');
let store = openStore({ filename });

function names(runKey) {
  // Random like the ids that the service gives: their order in an index is what makes growth expensive.
  const hash = (Math.imul(runKey, 2_654_435_761) >>> 0).toString(16).padStart(8, '0');
  return {
    runKey,
    namespaceId: NAMESPACE,
    workflowId: `order-${hash}`,
    runId: `${hash}-0000-4000-8000-${String(runKey).padStart(12, '0')}`,
  };
}

function visibility(run, closeTimeMs) {
  const startTimeMs = 1_700_000_000_000 + run.runKey;
  return {
    ...run,
    workflowType: 'OneActivity',
    taskQueue: 'orders',
    status: closeTimeMs === undefined ? 1 : 2,
    startTimeMs,
    executionTimeMs: startTimeMs,
    rootWorkflowId: run.workflowId,
    rootRunId: run.runId,
    indexedValues: new Map(),
    ...(closeTimeMs !== undefined && {
      closeTimeMs,
      historyLength: 11,
      historySizeBytes: 2200,
      stateTransitionCount: 6,
    }),
  };
}

function stageStart(run) {
  store.stage({
    type: 'putExecution',
    record: { ...run, state: STATE, status: 1, wakeAtMs: run.runKey, hasDispatch: false },
  });
  store.stage({ type: 'putCurrentRun', record: { ...run, startRequestId: run.runId, status: 1, startTimeMs: 1 } });
  store.stage({ type: 'putVisibility', record: visibility(run) });
  store.stage({
    type: 'appendEvents',
    batch: { runKey: run.runKey, firstEventId: 1, lastEventId: 2, bytes: FIRST_EVENTS },
  });
}

async function closeTogether(runs) {
  for (const run of runs) stageStart(run);
  await store.committed();
  for (let step = 1; step <= 5; step += 1) {
    const isLast = step === 5;
    for (const run of runs) {
      const record = { ...run, state: STATE, status: isLast ? 2 : 1, wakeAtMs: undefined, hasDispatch: false };
      store.stage({ type: 'putExecution', record });
      const first = step * 2 + 1;
      if (step !== 3)
        store.stage({
          type: 'appendEvents',
          batch: { runKey: run.runKey, firstEventId: first, lastEventId: first + 1, bytes: EVENTS },
        });
      if (step === 2) store.stage({ type: 'putPending', runKey: run.runKey, item: { kind: 1, id: '5', data: EVENTS } });
      if (step === 4) store.stage({ type: 'deletePending', runKey: run.runKey, kind: 1, id: '5' });
      if (isLast) store.stage({ type: 'putVisibility', record: visibility(run, 1_700_000_000_050 + run.runKey) });
    }
    await store.committed();
  }
}

async function timed(what, body) {
  const start = performance.now();
  const result = await body();
  console.log(`${what}: ${(performance.now() - start).toFixed(2)} ms`);
  return result;
}

try {
  let start = performance.now();
  let reported = 0;
  for (let done = 0; done < Number(closedCount);) {
    const runs = Array.from({ length: RUNS_AT_ONCE }, () => names(store.nextRunKey()));
    await closeTogether(runs);
    done += RUNS_AT_ONCE;
    if (done === 1000 || done % (Number(closedCount) / 4) === 0) {
      const perRun = ((performance.now() - start) * 1000) / (done - reported);
      console.log(`up to ${done} closed runs: ${perRun.toFixed(0)} µs per run`);
      reported = done;
      start = performance.now();
    }
  }
  await store.close();
  console.log(`bytes per closed run: ${Math.round(statSync(filename).size / Number(closedCount))}`);
  store = openStore({ filename });
  for (let done = 0; done < Number(openCount); done += 1000) {
    for (let each = 0; each < 1000; each += 1) stageStart(names(store.nextRunKey()));
    await store.committed();
  }
  await store.close();
  store = await timed('open the file', () => openStore({ filename }));
  await timed(`scan ${openCount} open runs`, () => [...store.openExecutions()].length);
  await timed('list the first 1000', () => store.listVisibility(NAMESPACE, NO_DIVISION, undefined, 1000));
  await timed('list one workflow id', () =>
    store.listVisibility(
      NAMESPACE,
      {
        type: 'compare',
        field: { kind: 'column', column: 'workflowId' },
        comparison: '=',
        value: names(77).workflowId,
      },
      undefined,
      1000,
    ),
  );
  await timed('count all', () => store.countVisibility(NAMESPACE, NO_DIVISION));
  await timed('count by status', () => store.countVisibilityByStatus(NAMESPACE, NO_DIVISION));
} finally {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
}
