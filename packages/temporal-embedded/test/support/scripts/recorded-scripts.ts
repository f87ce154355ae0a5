/** The scripts of which a recording is kept. To record changed ones: see `recordings.long.test.ts`. */
import type { RecordedScripts } from '../compare-with-recording.js';
import { allScripts } from './all-scripts.js';
import { cronScripts } from './cron-scripts.js';
import { scheduleScripts } from './schedule-scripts.js';

/** Some 240 scripts of clients and workers, by raw rpcs. */
export const workerScripts: RecordedScripts = {
  title: 'scripted workers',
  file: new URL('../../conformance/scripted-workers.json', import.meta.url),
  scripts: allScripts,
};

/** The lives of schedules, and of workflows with a cron schedule, by raw rpcs. */
export const scheduleAndCronScripts: RecordedScripts = {
  title: 'scripted schedules',
  file: new URL('../../conformance/scripted-schedules.json', import.meta.url),
  scripts: { ...scheduleScripts, ...cronScripts },
};
