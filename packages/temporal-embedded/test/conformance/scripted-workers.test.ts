/** Clients and workers by raw rpcs, answered as by the official dev server. */
import { describeScripts } from '../support/compare-with-recording.js';
import { workerScripts } from '../support/scripts/recorded-scripts.js';

describeScripts(workerScripts);
