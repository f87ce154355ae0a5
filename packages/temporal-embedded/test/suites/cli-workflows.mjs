/** Workflows for the CLI suite: one that waits and can be asked everything, one that ends at once, one whose activity fails. */
import * as wf from '@temporalio/workflow';

export async function waits() {
  const notes = [];
  let sum = 0;
  let isFinished = false;
  wf.setHandler(wf.defineQuery('stage'), () => 'started');
  wf.setHandler(wf.defineSignal('note'), (note) => void notes.push(note));
  wf.setHandler(wf.defineSignal('finish'), () => void (isFinished = true));
  wf.setHandler(wf.defineUpdate('add'), (value) => (sum += value));
  await wf.condition(() => isFinished);
  return { notes, sum };
}

export async function adds(a, b) {
  return a + b;
}

export async function fails() {
  const { fail } = wf.proxyActivities({ startToCloseTimeout: '30s', retry: { initialInterval: '60s' } });
  return await fail();
}
