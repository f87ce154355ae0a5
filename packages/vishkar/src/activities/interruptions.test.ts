import { describe, expect, it } from 'vitest';
import { tellInterruption } from '../domain/interruption.js';
import type { AttemptLine } from './attempt-record.js';
import { interruptionsOf } from './interruptions.js';

const T0 = Date.parse('2026-11-27T12:00:00Z');
const begin = (at: number): AttemptLine => ({ type: 'begin', at: T0 + at, heartbeatIntervalMs: 9_600 });
const session = (at: number, resumed: boolean): AttemptLine => {
  return { type: 'session', at: T0 + at, sessionId: 's', resumed };
};
const step = (at: number, digest: string): AttemptLine => ({ type: 'step', at: T0 + at, title: digest, digest });
const alive = (at: number): AttemptLine => ({ type: 'alive', at: T0 + at });
const end = (at: number, outcome: string): AttemptLine => ({ type: 'end', at: T0 + at, outcome });

/** Wrote two files, and was killed in the middle of the third call. */
const killed = [begin(0), session(1_000, false), step(4_000, 'a'), step(9_000, 'b'), alive(10_500)];

describe('what an attempt cost that was cut off', () => {
  it('is the time since its last finished step when its session goes on', () => {
    const found = interruptionsOf([killed], [begin(30_000), session(31_000, true), step(33_000, 'c')]);
    expect(found).toEqual([
      {
        ...{ attempt: 1, cause: 'worker_gone', at: '2026-11-27T12:00:10.500Z', continuedBy: 'session' },
        ...{ workedMs: 10_500, lostMs: 1_500, finishedSteps: 2, repeatedSteps: 0, heartbeatIntervalMs: 9_600 },
      },
    ]);
    expect(found.map(tellInterruption)).toEqual([
      "attempt 1 was cut off after 10.5 s (its worker was gone); the engine's session was loaded again: " +
        '1.5 s of its work lost, 0 of 2 finished steps made again',
    ]);
  });

  it('is also the time of finished steps that a later attempt makes again, each counted once', () => {
    const fresh = [begin(30_000), session(31_000, false), step(33_000, 'b'), step(34_000, 'b'), step(35_000, 'c')];
    expect(interruptionsOf([killed], fresh)).toMatchObject([
      { continuedBy: 'fresh_session', lostMs: 1_500 + 5_000, repeatedSteps: 1 },
    ]);
    const between = [begin(20_000), alive(21_000)];
    expect(interruptionsOf([killed, between], fresh)).toMatchObject([
      { attempt: 1, lostMs: 6_500, repeatedSteps: 1 },
      { attempt: 2, workedMs: 1_000, lostMs: 1_000, finishedSteps: 0 },
    ]);
  });

  it('is all of it when the engine tells of no steps, and nothing when its commit was adopted', () => {
    const silent = [begin(0), alive(8_000)];
    expect(interruptionsOf([silent], [begin(20_000)])).toMatchObject([{ workedMs: 8_000, lostMs: 8_000 }]);
    expect(interruptionsOf([killed], undefined)).toMatchObject([{ continuedBy: 'commit', lostMs: 0 }]);
  });

  it.each([
    ['engine_error', 'engine_error', 2_000],
    ['timeout', 'timeout', 2_000],
    // Nothing was in the middle any more.
    ['edited', 'not_committed', 0],
  ])('says how it ended: %s', (outcome, cause, lostMs) => {
    const own = [begin(20_000), session(21_000, true)];
    const ended = [begin(0), session(1_000, false), step(4_000, 'a'), end(6_000, outcome)];
    expect(interruptionsOf([ended], own)).toMatchObject([{ cause, lostMs, continuedBy: 'session' }]);
  });

  it('is none for a turn that ended with a question', () => {
    const asked = [begin(0), end(6_000, 'edited'), end(6_001, 'asked')];
    expect(interruptionsOf([asked, killed], undefined)).toMatchObject([{ attempt: 2 }]);
  });
});
