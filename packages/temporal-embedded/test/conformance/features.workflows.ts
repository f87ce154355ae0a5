/** Workflows that touch one feature each; run by features.test.ts. */
import * as wf from '@temporalio/workflow';

const once = wf.proxyActivities<{
  ok(): Promise<string>;
  fails(): Promise<void>;
  hangs(): Promise<void>;
  beats(): Promise<void>;
}>({
  startToCloseTimeout: '10s',
  retry: { initialInterval: 10, maximumAttempts: 2 },
});
const short = wf.proxyActivities<{ hangs(): Promise<void> }>({
  startToCloseTimeout: 300,
  retry: { maximumAttempts: 1 },
});
const heart = wf.proxyActivities<{ hangs(): Promise<void> }>({
  startToCloseTimeout: '10s',
  heartbeatTimeout: 300,
  retry: { maximumAttempts: 1 },
});
const nobody = wf.proxyActivities<{ ok(): Promise<string> }>({
  scheduleToStartTimeout: 200,
  startToCloseTimeout: '10s',
  taskQueue: 'nobody-polls-this',
});
const whole = wf.proxyActivities<{ fails(): Promise<void> }>({
  scheduleToCloseTimeout: 300,
  retry: { initialInterval: 100, backoffCoefficient: 3 },
});
const local = wf.proxyLocalActivities<{ ok(): Promise<string> }>({ startToCloseTimeout: '5s' });

const caught = async (work: () => Promise<unknown>): Promise<string> => {
  try {
    return JSON.stringify(await work());
  } catch (error) {
    const cause = (error as { cause?: Error }).cause;
    return `${(error as Error).name}: ${(error as Error).message} <- ${cause?.name ?? ''}: ${cause?.message ?? ''}`;
  }
};

export const poke = wf.defineSignal<[number]>('poke');
export const add = wf.defineUpdate<number, [number]>('add');
export const total = wf.defineQuery<number>('total');

export async function activityOk(): Promise<string> {
  return once.ok();
}
export async function activityRetriesThenFails(): Promise<string> {
  return caught(() => once.fails());
}
export async function activityStartToClose(): Promise<string> {
  return caught(() => short.hangs());
}
export async function activityHeartbeat(): Promise<string> {
  return caught(() => heart.hangs());
}
export async function activityScheduleToStart(): Promise<string> {
  return caught(() => nobody.ok());
}
export async function activityScheduleToClose(): Promise<string> {
  return caught(() => whole.fails());
}
export async function activityCancelled(): Promise<string> {
  return caught(() =>
    wf.CancellationScope.cancellable(async () => {
      const running = wf
        .proxyActivities<{ beats(): Promise<void> }>({
          startToCloseTimeout: '10s',
          heartbeatTimeout: '2s',
          cancellationType: wf.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
        })
        .beats();
      await wf.sleep(200);
      wf.CancellationScope.current().cancel();
      await running;
    }),
  );
}
export async function activityCancelledUnstarted(): Promise<string> {
  return caught(() =>
    wf.CancellationScope.cancellable(async () => {
      const running = wf
        .proxyActivities<{ ok(): Promise<string> }>({ startToCloseTimeout: '10s', taskQueue: 'nobody-polls-this' })
        .ok();
      await wf.sleep(50);
      wf.CancellationScope.current().cancel();
      await running;
    }),
  );
}
export async function localActivity(): Promise<string> {
  return local.ok();
}
export async function timers(): Promise<void> {
  await caught(() =>
    wf.CancellationScope.cancellable(async () => {
      const long = wf.sleep('1h');
      await wf.sleep(20);
      wf.CancellationScope.current().cancel();
      await long;
    }),
  );
}
export async function patchedAndMemo(): Promise<void> {
  wf.patched('my-change');
  wf.upsertMemo({ note: 'changed' });
}
export async function child(mode: string): Promise<string> {
  if (mode === 'fail') throw wf.ApplicationFailure.nonRetryable('child failed');
  if (mode === 'wait') {
    let got = 0;
    wf.setHandler(poke, (value) => void (got = value));
    await wf.condition(() => got > 0);
    return `poked ${got}`;
  }
  if (mode === 'can') await wf.continueAsNew<typeof child>('ok');
  return mode;
}
export async function childOk(): Promise<string> {
  return wf.executeChild(child, { args: ['ok'] });
}
export async function childFails(): Promise<string> {
  return caught(() => wf.executeChild(child, { args: ['fail'] }));
}
export async function childContinuesAsNew(): Promise<string> {
  return wf.executeChild(child, { args: ['can'] });
}
export async function childSignalled(): Promise<string> {
  const handle = await wf.startChild(child, { args: ['wait'] });
  await handle.signal(poke, 7);
  return handle.result();
}
export async function childCancelled(): Promise<string> {
  return caught(() =>
    wf.CancellationScope.cancellable(async () => {
      const handle = await wf.startChild(child, { args: ['wait'] });
      wf.CancellationScope.current().cancel();
      await handle.result();
    }),
  );
}
export async function childExists(): Promise<string> {
  return caught(() => wf.executeChild(child, { args: ['ok'], workflowId: wf.workflowInfo().workflowId }));
}
export async function childAbandoned(): Promise<void> {
  await wf.startChild(child, { args: ['wait'], parentClosePolicy: 'ABANDON' });
}
export async function childTerminated(): Promise<void> {
  await wf.startChild(child, {
    args: ['wait'],
    parentClosePolicy: 'TERMINATE',
    workflowId: `${wf.workflowInfo().workflowId}-child`,
  });
}
export async function childRequestCancelled(): Promise<void> {
  await wf.startChild(child, {
    args: ['wait'],
    parentClosePolicy: 'REQUEST_CANCEL',
    workflowId: `${wf.workflowInfo().workflowId}-child`,
  });
}
export async function signalsNobody(): Promise<string> {
  return caught(() => wf.getExternalWorkflowHandle('nobody-is-here').signal(poke, 1));
}
export async function cancelsNobody(): Promise<string> {
  return caught(() => wf.getExternalWorkflowHandle('nobody-is-here').cancel());
}
export async function continuesAsNew(left: number): Promise<number> {
  if (left > 0) await wf.continueAsNew<typeof continuesAsNew>(left - 1);
  return left;
}
export async function updated(): Promise<number> {
  let sum = 0;
  wf.setHandler(total, () => sum);
  wf.setHandler(
    add,
    async (value) => {
      if (value >= 100) await wf.sleep(10);
      sum += value;
      return sum;
    },
    {
      validator: (value) => {
        if (value < 0) throw new Error('negative');
      },
    },
  );
  await wf.condition(() => sum >= 100);
  return sum;
}
export async function waits(): Promise<void> {
  await wf.sleep('1h');
}
export async function signalledWhileBusy(): Promise<number> {
  let count = 0;
  wf.setHandler(poke, () => void count++);
  await local.ok();
  await wf.condition(() => count >= 3);
  return count;
}
export async function failsForRetry(): Promise<void> {
  if (wf.workflowInfo().attempt < 2) throw wf.ApplicationFailure.create({ message: 'again' });
}
export async function sleeps(ms: number): Promise<string> {
  await wf.sleep(ms);
  return 'slept';
}
