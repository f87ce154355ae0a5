/**
 * The recordings of what the official dev server answers, against that server.
 * To record changed scripts: VISHKAR_RECORD_SCRIPTS=1 npm run chaos -- recordings
 */
import { describeRecording } from '../support/compare-with-recording.js';
import { scheduleAndCronScripts, workerScripts } from '../support/scripts/recorded-scripts.js';

describeRecording(workerScripts);
describeRecording(scheduleAndCronScripts);
