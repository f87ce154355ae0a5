/** Workflows of workflow-basics.test.ts. */
import * as wf from '@temporalio/workflow';

const { echo } = wf.proxyActivities<{ echo(text: string): Promise<string> }>({ startToCloseTimeout: '10s' });

export const go = wf.defineSignal<[string]>('go');
export const stage = wf.defineQuery<string>('stage');

/** Activity, timer, signal, query, result. */
export async function everything(name: string): Promise<string> {
  let current = 'begun';
  let word: string | undefined;
  wf.setHandler(stage, () => current);
  wf.setHandler(go, (text) => {
    word = text;
  });
  const greeting = await echo(`hello ${name}`);
  current = 'echoed';
  await wf.sleep(50);
  current = 'waiting';
  await wf.condition(() => word !== undefined);
  return `${greeting} ${word ?? ''}`;
}

/** Nothing but a result. */
export async function instant(value: number): Promise<number> {
  return value + 1;
}

/** Fails. */
export async function failing(): Promise<void> {
  throw wf.ApplicationFailure.create({ message: 'no luck', type: 'NoLuck', details: [42] });
}
