import { describe, expect, it } from 'vitest';
import { SystemClock } from './system-clock.js';

describe('SystemClock', () => {
  it('wakes at or after the time, never before', async () => {
    const clock = new SystemClock();
    const atMs = clock.nowMs() + 15;
    // The clock's own timers do not keep the process alive; the test runner does.
    await new Promise<void>((resolve) => clock.wakeAt(atMs, resolve));
    expect(clock.nowMs()).toBeGreaterThanOrEqual(atMs);
  });

  it('wakes for a time that is past, but not inside the call', async () => {
    const clock = new SystemClock();
    let isInside = true;
    const woken = new Promise<boolean>((resolve) => clock.wakeAt(0, () => resolve(isInside)));
    isInside = false;
    expect(await woken).toBe(false);
  });

  it('does not wake when cancelled, nor for a wait beyond the longest timer of Node', async () => {
    const clock = new SystemClock();
    const woken: string[] = [];
    clock.wakeAt(clock.nowMs(), () => woken.push('cancelled')).cancel();
    const far = clock.wakeAt(clock.nowMs() + 2 ** 31 + 1_000, () => woken.push('far'));
    await new Promise<void>((resolve) => clock.wakeAt(clock.nowMs() + 5, resolve));
    expect(woken).toEqual([]);
    far.cancel();
  });
});
