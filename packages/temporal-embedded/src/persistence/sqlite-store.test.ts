/** The contract of the Store port, over a file and in memory. */
import { join } from 'node:path';
import { temporaryFolder } from '@vishkar/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore } from './open-store.js';
import type { SqliteStore } from './sqlite-store.js';
import type { ExecutionRecord, StoreWrite } from './store.js';

const bytes = (text: string) => new Uint8Array(Buffer.from(text));

function execution(runKey: number, change: Partial<ExecutionRecord> = {}): ExecutionRecord {
  return {
    runKey,
    namespaceId: 'ns',
    workflowId: `wf-${String(runKey)}`,
    runId: `run-${String(runKey)}`,
    state: bytes('state'),
    status: 1,
    wakeAtMs: undefined,
    hasDispatch: false,
    ...change,
  };
}

const put = (record: ExecutionRecord): StoreWrite => ({ type: 'putExecution', record });

for (const kind of ['file', 'memory'] as const) {
  describe(`the store (${kind})`, () => {
    let store: SqliteStore;
    beforeEach(() => {
      store = openStore(kind === 'file' ? { filename: join(temporaryFolder('store'), 'a.db') } : {});
    });
    afterEach(() => store.close());

    it('shows what is staged before it is committed, and after', async () => {
      store.stage(put(execution(1, { wakeAtMs: 5 })));
      store.stage({ type: 'putPending', runKey: 1, item: { kind: 2, id: 'b', data: bytes('x') } });
      expect(store.findExecution('ns', 'wf-1', 'run-1')?.wakeAtMs).toBe(5);
      expect(store.pendingItems(1).map((item) => item.id)).toEqual(['b']);
      await store.committed();
      expect(store.findExecutionByKey(1)?.runId).toBe('run-1');
      store.stage({ type: 'deletePending', runKey: 1, kind: 2, id: 'b' });
      expect(store.pendingItems(1)).toEqual([]);
    });

    it('pages events by bytes, forward and backward, whole batches only', async () => {
      for (let first = 1; first <= 199; first += 2)
        store.stage({
          type: 'appendEvents',
          batch: { runKey: 1, firstEventId: first, lastEventId: first + 1, bytes: bytes('0123456789') },
        });
      await store.committed();
      expect(store.readEvents(1, 4, 1000, 25).map((batch) => batch.firstEventId)).toEqual([3, 5, 7]);
      expect(store.readEvents(1, 1, 1000, 1e9)).toHaveLength(100);
      expect(store.readEvents(1, 1, 10, 1e9).at(-1)?.lastEventId).toBe(10);
      expect(store.readEventsReverse(1, 6, 15).map((batch) => batch.lastEventId)).toEqual([6, 4]);
    });

    it('lists open runs with what boot needs, and forgets a deleted run entirely', async () => {
      store.stage(put(execution(1, { wakeAtMs: 7, hasDispatch: true })));
      store.stage(put(execution(2, { status: 2 })));
      await store.committed();
      expect([...store.openExecutions()]).toEqual([{ runKey: 1, wakeAtMs: 7, hasDispatch: true }]);
      store.stage({ type: 'deleteExecution', runKey: 1 });
      expect(store.findExecution('ns', 'wf-1', 'run-1')).toBeUndefined();
      expect([...store.openExecutions()]).toEqual([]);
    });

    it('does not find a run that was staged and deleted in the same group', async () => {
      const current = { namespaceId: 'ns', workflowId: 'wf-1', startRequestId: 'r', status: 1, startTimeMs: 0 };
      store.stage(put(execution(1)));
      store.stage({ type: 'putCurrentRun', record: { ...current, runId: 'run-1', runKey: 1 } });
      store.stage({ type: 'deleteExecution', runKey: 1 });
      for (const moment of ['staged', 'committed']) {
        expect(store.findExecutionByKey(1), moment).toBeUndefined();
        expect(store.findExecution('ns', 'wf-1', 'run-1'), moment).toBeUndefined();
        expect(store.findCurrentRun('ns', 'wf-1'), moment).toBeUndefined();
        await store.committed();
      }
    });

    it('keeps the current run of a workflow id when an earlier run of it is deleted', async () => {
      const current = { namespaceId: 'ns', workflowId: 'wf', startRequestId: 'r', status: 1, startTimeMs: 0 };
      store.stage(put(execution(1, { workflowId: 'wf' })));
      store.stage(put(execution(2, { workflowId: 'wf' })));
      store.stage({ type: 'putCurrentRun', record: { ...current, runId: 'run-1', runKey: 1 } });
      store.stage({ type: 'putCurrentRun', record: { ...current, runId: 'run-2', runKey: 2 } });
      store.stage({ type: 'deleteExecution', runKey: 1 });
      expect(store.findCurrentRun('ns', 'wf')?.runKey).toBe(2);
      await store.committed();
      expect(store.findCurrentRun('ns', 'wf')?.runKey).toBe(2);
      expect(store.findExecution('ns', 'wf', 'run-2')?.runKey).toBe(2);
    });

    it('tells all who wait for a group together, and none before it is committed', async () => {
      const order: string[] = [];
      store.stage(put(execution(1)));
      const first = store.committed().then(() => order.push('first'));
      store.stage(put(execution(2)));
      const second = store.committed().then(() => order.push('second'));
      await Promise.resolve();
      order.push('turn');
      await Promise.all([first, second]);
      expect(order).toEqual(['turn', 'first', 'second']);
      await store.committed();
    });

    it('rejects every waiter of a failed group and keeps nothing of it', async () => {
      const batch = { runKey: 9, firstEventId: 1, lastEventId: 1, bytes: bytes('a') };
      store.stage({ type: 'appendEvents', batch });
      await store.committed();
      const dropped: string[] = [];
      store.onRollback((error) => dropped.push(error.message));
      store.stage(put(execution(3)));
      store.stage({ type: 'appendEvents', batch });
      await expect(store.committed()).rejects.toThrow(/UNIQUE|constraint/i);
      expect(dropped).toHaveLength(1);
      expect(store.findExecutionByKey(3)).toBeUndefined();
      store.stage(put(execution(4)));
      await store.committed();
      expect(store.findExecutionByKey(4)).toBeDefined();
    });

    it('rolls a group back at once when a read finds that it can not be written', async () => {
      const batch = { runKey: 9, firstEventId: 1, lastEventId: 1, bytes: bytes('a') };
      store.stage({ type: 'appendEvents', batch });
      await store.committed();
      let rollbacks = 0;
      store.onRollback(() => (rollbacks += 1));
      store.stage(put(execution(3)));
      store.stage({ type: 'appendEvents', batch });
      const committed = store.committed();
      expect(() => store.pendingItems(3)).toThrow(/UNIQUE|constraint/i);
      expect(store.findExecutionByKey(3)).toBeUndefined();
      await expect(committed).rejects.toThrow(/UNIQUE|constraint/i);
      expect(rollbacks).toBe(1);
      store.stage(put(execution(4)));
      await store.committed();
      expect(store.findExecutionByKey(4)).toBeDefined();
    });
  });
}
