/**
 * The workflow under chaos: it writes down all that reaches it and gives it back as its result. A signal `note` is
 * written down, `work` starts an activity that somebody outside completes, an update `put` waits for a timer before it
 * answers; a timer is under way all the time; `finish` ends it once no handler is busy.
 */
import * as wf from '@temporalio/workflow';

/** What reached the workflow, in the order of its coming. */
export interface Kept {
  readonly notes: readonly string[];
  readonly puts: readonly string[];
  /** Work id to what completed it. */
  readonly works: Readonly<Record<string, string>>;
  readonly timersFired: number;
}

export interface ChaosActivities {
  /** Answered by the worker. */
  echo(text: string): Promise<string>;
  /** Completed from outside, by its token. */
  external(workId: string): Promise<string>;
}

const { echo, external } = wf.proxyActivities<ChaosActivities>({
  // An activity handed out by a process that was killed before its reply left is lost until this is over.
  startToCloseTimeout: '1s',
  retry: { initialInterval: '50ms', backoffCoefficient: 1 },
});

export const note = wf.defineSignal<[string]>('note');
export const work = wf.defineSignal<[string]>('work');
export const finish = wf.defineSignal('finish');
export const put = wf.defineUpdate<string, [string]>('put');

const TIMER_MS = 250;

export async function keepsLedger(): Promise<Kept> {
  const notes: string[] = [];
  const puts: string[] = [];
  const works: Record<string, string> = {};
  let timersFired = 0;
  let isFinished = false;
  wf.setHandler(note, (id) => {
    notes.push(id);
  });
  wf.setHandler(work, async (id) => {
    works[id] = await external(id);
  });
  wf.setHandler(put, async (id) => {
    puts.push(id);
    await wf.sleep(5);
    return `put ${id}`;
  });
  wf.setHandler(finish, () => {
    isFinished = true;
  });
  await echo(wf.workflowInfo().workflowId);
  while (!isFinished) {
    if (!(await wf.condition(() => isFinished, TIMER_MS))) timersFired += 1;
  }
  await wf.condition(wf.allHandlersFinished);
  return { notes, puts, works, timersFired };
}
