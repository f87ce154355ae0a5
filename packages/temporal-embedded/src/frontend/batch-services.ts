/** What the rpcs about batch operations stand on. */
import type { BatchEngine } from '../batch/batch-engine.js';
import type { HistoryEngine } from '../history/history-engine.js';
import type { Store } from '../persistence/store.js';
import type { VisibilityServices } from './executions-page.js';

export interface BatchServices extends VisibilityServices {
  readonly batches: BatchEngine;
  readonly engine: HistoryEngine;
  readonly store: Store;
}
