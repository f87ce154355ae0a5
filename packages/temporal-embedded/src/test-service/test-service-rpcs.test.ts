import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { SkippingClock } from '../clock/skipping-clock.js';
import { TestClock } from '../clock/test-clock.js';
import { FailedPreconditionError } from '../errors.js';
import type { CallContext } from '../frontend/rpc-handler.js';
import { numberFromInt64 } from '../history/proto-time.js';
import {
  getCurrentTime,
  lockTimeSkipping,
  sleep,
  sleepUntil,
  unlockTimeSkipping,
  unlockTimeSkippingWithSleep,
} from './test-service-rpcs.js';

const HOUR = { seconds: 3600 as never };
const HOUR_MS = 3_600_000;

function setUp(locks: number) {
  const wallClock = new TestClock(0);
  const clock = new SkippingClock({ locks, wallClock });
  const controller = new AbortController();
  const call: CallContext = {
    signal: controller.signal,
    deadlineMs: undefined,
    metadata: new Map(),
    clientCertificate: undefined,
  };
  return { wallClock, clock, call, controller };
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await nextTurn();
}

/** Whether a promise is settled after everything that can happen now has happened. */
async function isAnswered(promise: unknown): Promise<boolean> {
  let answered = false;
  Promise.resolve(promise).then(
    () => (answered = true),
    () => (answered = true),
  );
  await settle();
  return answered;
}

describe('TestService', () => {
  it('answers a sleep at once while time is skipped', async () => {
    const { clock, call } = setUp(0);
    expect(await sleep(clock)({ duration: HOUR }, call)).toEqual({});
    expect(clock.nowMs()).toBe(HOUR_MS);
  });

  it('answers a sleep in real time while time is locked', async () => {
    const { clock, call, wallClock } = setUp(1);
    const slept = sleep(clock)({ duration: HOUR }, call);
    expect(await isAnswered(slept)).toBe(false);
    wallClock.advanceBy(HOUR_MS);
    expect(await isAnswered(slept)).toBe(true);
  });

  it('sleeps until a time, or not at all when it is past', async () => {
    const { clock, call } = setUp(0);
    await sleepUntil(clock)({ timestamp: { seconds: 90 as never } }, call);
    expect(clock.nowMs()).toBe(90_000);
    await sleepUntil(clock)({ timestamp: { seconds: 30 as never } }, call);
    expect(clock.nowMs()).toBe(90_000);
  });

  it('unlocks for the time of one sleep, and is locked at the instant at which it ends', async () => {
    const { clock, call } = setUp(1);
    const fired: number[] = [];
    clock.wakeAt(HOUR_MS / 2, () => fired.push(clock.nowMs()));
    clock.wakeAt(HOUR_MS + 1, () => fired.push(clock.nowMs()));
    await unlockTimeSkippingWithSleep(clock)({ duration: HOUR }, call);
    await settle();
    expect(fired).toEqual([HOUR_MS / 2]);
    expect(clock.nowMs()).toBe(HOUR_MS);
  });

  it('takes its lock back when the caller of such a sleep goes away', async () => {
    const { clock, call, controller } = setUp(2);
    const slept = unlockTimeSkippingWithSleep(clock)({ duration: HOUR }, call);
    controller.abort(new Error('gone'));
    await expect(slept).rejects.toThrow('gone');
    await unlockTimeSkipping(clock)({}, call);
    await unlockTimeSkipping(clock)({}, call);
    expect(() => unlockTimeSkipping(clock)({}, call)).toThrow(FailedPreconditionError);
  });

  it('locks and unlocks, and tells the time', async () => {
    const { clock, call, wallClock } = setUp(0);
    await lockTimeSkipping(clock)({}, call);
    clock.wakeAt(HOUR_MS, () => undefined);
    wallClock.advanceBy(2_000);
    const now = async () => {
      const response = (await getCurrentTime(clock)({}, call)) as unknown as { time: { seconds: number } };
      return numberFromInt64(response.time.seconds);
    };
    expect(await now()).toBe(2);
    await unlockTimeSkipping(clock)({}, call);
    await settle();
    expect(await now()).toBe(3_600);
  });
});
