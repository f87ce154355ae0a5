/** Workflows of test-environment.test.ts. */
import { defineQuery, proxyActivities, setHandler, sleep } from '@temporalio/workflow';

const DAY_MS = 24 * 3600 * 1000;

/** Sleeps and returns how long that took on the service's clock. */
export async function sleepFor(ms: number): Promise<number> {
  const before = Date.now();
  await sleep(ms);
  return Date.now() - before;
}

/** Counts the days that pass. */
export async function askLater(ms: number): Promise<number> {
  let days = 0;
  setHandler(defineQuery<number>('days'), () => days);
  for (; days * DAY_MS < ms; days++) await sleep(DAY_MS);
  return days;
}

const { work } = proxyActivities<{ work(): Promise<void> }>({
  startToCloseTimeout: '7 days',
  retry: { initialInterval: '1 hour', backoffCoefficient: 2 },
});

/** Which comes first: the activity, or a timer of so many milliseconds. */
export async function raceActivityAgainstTimer(ms: number): Promise<'activity' | 'timer'> {
  return Promise.race([work().then(() => 'activity' as const), sleep(ms).then(() => 'timer' as const)]);
}
