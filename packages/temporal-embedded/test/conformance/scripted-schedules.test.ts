/** Schedules and cron by raw rpcs, answered as by the official dev server. */
import { describeScripts } from '../support/compare-with-recording.js';
import { scheduleAndCronScripts } from '../support/scripts/recorded-scripts.js';

describeScripts(scheduleAndCronScripts);
