/**
 * The worker of the stories' benchmark: the workflow bundle as built, and scripted activities that answer at once, so that
 * all the CPU it uses is orchestration. It needs the TypeScript loader of the tests, for the scripted activities.
 */
import { fileURLToPath } from 'node:url';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { WORKER_LIMITS } from '../../dist/worker/story-worker.js';
import { scriptActivities } from '../support/scripted-activities.ts';
import { answerUsage } from './process-usage.mjs';

const [address, taskQueue] = process.argv.slice(2);
Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
const scripted = scriptActivities();
const worker = await Worker.create({
  connection: await NativeConnection.connect({ address }),
  taskQueue,
  workflowBundle: { codePath: fileURLToPath(new URL('../../dist/workflow-bundle.js', import.meta.url)) },
  activities: scripted.activities,
  ...WORKER_LIMITS,
  shutdownGraceTime: 0,
});
const done = worker.run();
// The script writes down every call, for tests to look at; here that would only be counted as the worker's memory.
const forget = setInterval(() => (scripted.calls.length = 0), 500);
answerUsage(async () => {
  clearInterval(forget);
  worker.shutdown();
  await done;
});
process.send({ ready: 'polling' });
