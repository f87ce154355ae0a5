import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BufferedStart } from './schedule-state.js';
import { decideStarts, OverlapPolicy } from './start-buffer.js';

const start = (nominalMs: number, overlapPolicy = 0): BufferedStart => ({
  nominalMs,
  actualMs: nominalMs,
  overlapPolicy,
  isManual: false,
});
const of = (policy: keyof typeof POLICIES) => (own: number) => own || POLICIES[policy];
const POLICIES = {
  skip: OverlapPolicy.SCHEDULE_OVERLAP_POLICY_SKIP,
  bufferOne: OverlapPolicy.SCHEDULE_OVERLAP_POLICY_BUFFER_ONE,
  bufferAll: OverlapPolicy.SCHEDULE_OVERLAP_POLICY_BUFFER_ALL,
  cancelOther: OverlapPolicy.SCHEDULE_OVERLAP_POLICY_CANCEL_OTHER,
  terminateOther: OverlapPolicy.SCHEDULE_OVERLAP_POLICY_TERMINATE_OTHER,
  allowAll: OverlapPolicy.SCHEDULE_OVERLAP_POLICY_ALLOW_ALL,
};
const [first, second, third] = [start(1), start(2), start(3)];
const none = { overlapping: [], single: undefined, waiting: [], skipped: 0, stopsRunning: 'no' };

describe('three starts at once', () => {
  const buffer = [first, second, third];
  it.each([
    ['skip', { ...none, single: first, skipped: 2 }, { ...none, skipped: 3 }],
    ['bufferOne', { ...none, single: first, waiting: [second], skipped: 1 }, { ...none, waiting: [first], skipped: 2 }],
    ['bufferAll', { ...none, single: first, waiting: [second, third] }, { ...none, waiting: buffer }],
    ['cancelOther', { ...none, single: third }, { ...none, waiting: buffer, stopsRunning: 'cancel' }],
    ['terminateOther', { ...none, single: third }, { ...none, waiting: buffer, stopsRunning: 'terminate' }],
    ['allowAll', { ...none, overlapping: buffer }, { ...none, overlapping: buffer }],
  ] as const)('%s: while nothing runs, and while one does', (policy, whenIdle, whenRunning) => {
    expect(decideStarts(buffer, false, of(policy))).toEqual(whenIdle);
    expect(decideStarts(buffer, true, of(policy))).toEqual(whenRunning);
  });
});

it('a start that names a policy has its own', () => {
  const own = start(2, POLICIES.allowAll);
  expect(decideStarts([first, own], true, of('skip'))).toEqual({ ...none, overlapping: [own], skipped: 1 });
});

it('terminating outdoes cancelling, and nothing is started beside it', () => {
  const buffer = [start(1, POLICIES.allowAll), start(2, POLICIES.cancelOther), start(3, POLICIES.terminateOther)];
  expect(decideStarts(buffer, true, of('skip'))).toEqual({
    ...none,
    waiting: buffer.slice(1),
    stopsRunning: 'terminate',
  });
});

it('no two starts run side by side that did not ask for it, and every one is accounted for', () => {
  const policies = fc.constantFrom(...Object.values(POLICIES));
  fc.assert(
    fc.property(fc.array(policies, { maxLength: 8 }), fc.boolean(), (asked, isRunning) => {
      const buffer = asked.map((policy, n) => start(n, policy));
      const decided = decideStarts(buffer, isRunning, of('skip'));
      if (isRunning) expect(decided.single).toBeUndefined();
      else expect(decided.stopsRunning).toBe('no');
      const kept = [...decided.overlapping, ...decided.waiting, ...(decided.single ? [decided.single] : [])];
      expect(new Set(kept).size).toBe(kept.length);
      expect(kept.length + decided.skipped).toBeLessThanOrEqual(buffer.length);
    }),
  );
});
