/**
 * The lives of schedules, and of workflows with a cron schedule, by raw rpcs, as the official dev server has them.
 * To record a changed script: VISHKAR_RECORD_SCRIPTS=1 with the official dev server there.
 */
import { describeScripts } from '../support/compare-with-recording.js';
import { cronScripts } from '../support/scripts/cron-scripts.js';
import { scheduleScripts } from '../support/scripts/schedule-scripts.js';

describeScripts('scripted schedules', new URL('./scripted-schedules.json', import.meta.url), {
  ...scheduleScripts,
  ...cronScripts,
});
