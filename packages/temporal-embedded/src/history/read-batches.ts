/** All batches of a run's history between two events, read a page at a time. */
import type { EventBatch } from '../persistence/store.js';
import type { HistoryEngine } from './history-engine.js';
import { limits } from './limits.js';
import type { RunContext } from './run-context.js';

/** The first and last batch may hold events outside of the range. */
export function* readBatches(
  engine: HistoryEngine,
  run: RunContext,
  fromEventId: number,
  toEventId: number,
): Generator<EventBatch> {
  for (let next = fromEventId; next <= toEventId;) {
    const batches = engine.readEvents(run, next, toEventId, limits.historyPageBytes);
    if (batches.length === 0) throw new Error(`Run ${run.state.runId} has no event ${next}.`);
    for (const batch of batches) {
      if (batch.firstEventId > toEventId) return;
      yield batch;
      next = batch.lastEventId + 1;
    }
  }
}
