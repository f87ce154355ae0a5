/**
 * Some 135 scripts of clients and workers, by raw rpcs, as the official dev server answers them.
 * To record a changed script: VISHKAR_RECORD_SCRIPTS=1 with the official dev server there.
 */
import { describeScripts } from '../support/compare-with-recording.js';
import { allScripts } from '../support/scripts/all-scripts.js';

describeScripts('scripted workers', new URL('./scripted-workers.json', import.meta.url), allScripts);
