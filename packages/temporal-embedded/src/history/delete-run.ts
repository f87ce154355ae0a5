/** Takes a run out of everything: terminated first if it runs, forgotten by caches and timers, deleted from the store. */
import type { HistoryEngine } from './history-engine.js';
import type { RunContext } from './run-context.js';
import { SERVICE_IDENTITY, terminateWorkflow } from './workflow-close.js';

/** Stages the deletion; the caller awaits the commit. */
export function deleteRun(engine: HistoryEngine, context: RunContext): void {
  if (context.state.isRunning) {
    engine.transact(context, (tx) =>
      terminateWorkflow(tx, { reason: 'Delete workflow execution', details: null, identity: SERVICE_IDENTITY }),
    );
  }
  engine.forget(context);
  engine.store.stage({ type: 'deleteExecution', runKey: context.state.runKey });
}
