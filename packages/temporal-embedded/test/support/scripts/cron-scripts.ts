/** Scripts about workflows with a cron schedule of their own: how one run follows the other. */
import {
  completeWorkflowExecution,
  continueAsNewWorkflowExecution,
  failure,
  failWorkflowExecution,
  payloads,
  seconds,
} from './commands.js';
import type { Scripts } from './script.js';

export const cronScripts: Scripts = {
  'cron runs hand results on, over failures': async (stage) => {
    await stage.start({ cronSchedule: '@every 1s', input: payloads('in') });
    const turns = [
      await stage.turn([completeWorkflowExecution({ result: payloads('one') })]),
      await stage.turn([failWorkflowExecution({ failure: failure('two') })]),
      await stage.turn([completeWorkflowExecution({ result: payloads('three') })]),
      await stage.turn(),
    ];
    for (const { workflowExecution } of turns) await stage.history(stage.name, workflowExecution?.runId ?? '');
    await stage.terminate();
  },
  'a cron run is tried again before the next one is due': async (stage) => {
    await stage.start({
      cronSchedule: '@every 2s',
      retryPolicy: { maximumAttempts: 2, initialInterval: seconds(1), backoffCoefficient: 1 },
    });
    const turns = [
      await stage.turn([failWorkflowExecution({ failure: failure('first') })]),
      await stage.turn([failWorkflowExecution({ failure: failure('second') })]),
      await stage.turn(),
    ];
    for (const { workflowExecution } of turns) await stage.history(stage.name, workflowExecution?.runId ?? '');
    await stage.terminate();
  },
  'a cron run continues as new': async (stage) => {
    await stage.start({ cronSchedule: '@every 1s' });
    const first = await stage.turn([continueAsNewWorkflowExecution({ input: payloads('on') })]);
    const second = await stage.turn([completeWorkflowExecution()]);
    for (const { workflowExecution } of [first, second]) {
      await stage.history(stage.name, workflowExecution?.runId ?? '');
    }
    await stage.terminate();
  },
  'a cron run times out': async (stage) => {
    await stage.start({ cronSchedule: '@every 1s', workflowRunTimeout: seconds(1) });
    const first = await stage.pollWorkflow();
    const second = await stage.pollWorkflow();
    for (const { workflowExecution } of [first, second]) {
      await stage.history(stage.name, workflowExecution?.runId ?? '');
    }
    await stage.terminate();
  },
  'a cron run that is terminated before it is due is not followed': async (stage) => {
    await stage.start({ cronSchedule: '@every 1s' });
    await stage.terminate();
    await stage.history();
    await stage.describe();
  },
};
