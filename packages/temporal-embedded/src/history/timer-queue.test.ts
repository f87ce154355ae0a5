/** The timer queue: each run's one deadline, in order, the latest word counts. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TestClock } from '../clock/test-clock.js';
import { TimerQueue } from './timer-queue.js';

test('runs fire in the order of their last set deadlines, each once', () => {
  const settings = fc.array(fc.tuple(fc.nat(20), fc.option(fc.integer({ min: 1, max: 1000 }), { nil: undefined })));
  fc.assert(
    fc.property(settings, (changes) => {
      const clock = new TestClock();
      const startMs = clock.nowMs();
      const fired: { runKey: number; atMs: number }[] = [];
      const queue = new TimerQueue(clock, (runKey) => fired.push({ runKey, atMs: clock.nowMs() - startMs }));
      const expected = new Map<number, number>();
      for (const [runKey, afterMs] of changes) {
        queue.set(runKey, afterMs === undefined ? undefined : startMs + afterMs);
        if (afterMs === undefined) expected.delete(runKey);
        else expected.set(runKey, afterMs);
      }
      for (let step = 10; step <= 1000; step += 10) clock.advanceTo(startMs + step);
      expect(new Set(fired.map(({ runKey }) => runKey))).toEqual(new Set(expected.keys()));
      expect(fired).toHaveLength(expected.size);
      for (const { runKey, atMs } of fired) expect(atMs).toBe(expected.get(runKey));
    }),
  );
});
