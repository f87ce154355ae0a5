/**
 * `npm run bench -- stories`: what stories cost on the embedded service, with activities that do nothing, so that only
 * orchestration is counted: history per story, CPU per story of service and worker, memory with many stories waiting
 * for approval, and what those cost while they wait.
 *
 *   npm run bench -- stories             100 stories to the end, then 1,000 waiting
 *   npm run bench -- stories --quick     20 and 200
 *   npm run bench -- stories --json
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as elapse } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { MeasuredProcess } from './process-usage.mjs';
import { StoryRuns } from './story-runs.mjs';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const counts = values.quick ? { warmUp: 5, finished: 20, waiting: 200 } : { warmUp: 20, finished: 100, waiting: 1000 };
const KEYWORD = 2;
const SEARCH_ATTRIBUTES = ['VishkarStory', 'VishkarProject', 'VishkarStep', 'VishkarPhase', 'VishkarState'];
const TASK_QUEUE = 'bench-stories';
/** Stories on their way at a time, before they wait: a backlog is worked at, not started as a whole. */
const PORTION = 20;
/** What waits is watched for this long: long enough to see CPU use, which counts in hundredths of a second. */
const WATCH_MS = 10_000;
const say = (text) => process.stderr.write(`${text}\n`);
const mib = (bytes) => Math.round(bytes / 2 ** 20);
const round = (value, digits = 1) => Number(value.toFixed(digits));

async function measure(folder) {
  const dbFilename = join(folder, 'stories.db');
  let service = await MeasuredProcess.start(here('service-process.mjs'), [dbFilename]);
  let worker;
  let runs;
  const startWorker = () => {
    const loader = ['--import', new URL('../support/typescript-loader.mjs', import.meta.url).href];
    return MeasuredProcess.start(here('worker-process.mjs'), [service.ready, TASK_QUEUE], loader);
  };
  const usages = async () => ({ service: await service.usage(), worker: await worker.usage() });
  try {
    worker = await startWorker();
    runs = await StoryRuns.connect(service.ready, {
      taskQueue: TASK_QUEUE,
      searchAttributes: Object.fromEntries(SEARCH_ATTRIBUTES.map((name) => [name, KEYWORD])),
    });
    const drive = async (count) => {
      const ids = [];
      while (ids.length < count) {
        const portion = await runs.start(Math.min(PORTION, count - ids.length));
        await runs.waiting(portion.length);
        await runs.approve(portion);
        ids.push(...portion);
      }
      return ids;
    };
    say(`${counts.warmUp} stories to warm up`);
    await drive(counts.warmUp);
    say(`${counts.finished} stories to the end`);
    const before = await usages();
    const ids = await drive(counts.finished);
    const after = await usages();
    const histories = await runs.histories(ids);

    say(`${counts.waiting} stories to step 16`);
    for (let waiting = 0; waiting < counts.waiting; waiting += PORTION) {
      await runs.start(PORTION);
      await runs.waiting(waiting + PORTION);
    }
    // Memory that nothing refers to any more is given back late; what is left after a while is what waiting costs.
    await elapse(WATCH_MS / 2);
    const quiet = await usages();
    await elapse(WATCH_MS);
    const later = await usages();

    say('service and worker started again on the file');
    await runs.close();
    await worker.stop();
    await service.stop();
    const fileBytes = statSync(dbFilename).size;
    service = await MeasuredProcess.start(here('service-process.mjs'), [dbFilename]);
    worker = await startWorker();
    await elapse(WATCH_MS / 2);
    const restarted = await usages();

    return {
      stories: counts,
      eventsPerStory: round(histories.events),
      historyBytesPerStory: Math.round(histories.bytes),
      activitiesPerStory: round(histories.activities),
      workflowTasksPerStory: round(histories.workflowTasks),
      workerCpuMsPerStory: round((after.worker.cpuMs - before.worker.cpuMs) / counts.finished),
      serviceCpuMsPerStory: round((after.service.cpuMs - before.service.cpuMs) / counts.finished),
      waitingServiceMiB: mib(later.service.rssBytes),
      waitingWorkerMiB: mib(later.worker.rssBytes),
      waitingServiceCpuPercent: round(((later.service.cpuMs - quiet.service.cpuMs) / WATCH_MS) * 100, 2),
      waitingWorkerCpuPercent: round(((later.worker.cpuMs - quiet.worker.cpuMs) / WATCH_MS) * 100, 2),
      databaseMiB: mib(fileBytes),
      readyOnThatFileMs: Math.round(service.readyMs),
      restartedServiceMiB: mib(restarted.service.rssBytes),
      restartedWorkerMiB: mib(restarted.worker.rssBytes),
    };
  } finally {
    // Best effort, in the reverse order of the start: what failed above is what matters.
    await runs?.close().catch(() => undefined);
    await worker?.stop();
    await service.stop();
  }
}

const folder = mkdtempSync(join(tmpdir(), 'vishkar-bench-'));
try {
  const result = await measure(folder);
  const machine = `${cpus()[0]?.model.trim() ?? 'unknown'}, ${cpus().length} cores, Node ${process.version}`;
  const command = ['npm run bench -- stories', ...process.argv.slice(2)].join(' ');
  if (values.json) {
    console.log(JSON.stringify({ command, machine, result }, undefined, 2));
  } else {
    const rows = [
      ['events of history per story', result.eventsPerStory],
      ['bytes of history per story', result.historyBytesPerStory],
      ['activities / workflow tasks per story', `${result.activitiesPerStory} / ${result.workflowTasksPerStory}`],
      ['worker CPU ms per story', result.workerCpuMsPerStory],
      ['service CPU ms per story', result.serviceCpuMsPerStory],
      [`service memory, ${counts.waiting} waiting, MiB`, result.waitingServiceMiB],
      [`worker memory, ${counts.waiting} waiting, MiB`, result.waitingWorkerMiB],
      [
        'service / worker CPU while they wait',
        `${result.waitingServiceCpuPercent} / ${result.waitingWorkerCpuPercent} %`,
      ],
      ['database, MiB', result.databaseMiB],
      ['service ready on that file, ms', result.readyOnThatFileMs],
      ['service / worker memory after that start, MiB', `${result.restartedServiceMiB} / ${result.restartedWorkerMiB}`],
    ];
    console.log(`${command}\n${machine}\n`);
    const width = Math.max(...rows.map(([label]) => label.length));
    const lines = [['measure', 'value'], ['-'.repeat(width), '---'], ...rows];
    console.log(lines.map(([label, value]) => `| ${label.padEnd(width)} | ${value} |`).join('\n'));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
