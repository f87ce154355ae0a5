import { describe, expect, it } from 'vitest';
import { afterRun, decodePlace, encodePlace } from './next-engine.js';

describe('afterRun', () => {
  it.each([
    ['edited', false, 1, 'done'],
    ['no_change', false, 1, 'done'],
    ['refused', false, 1, 'done'],
    ['cancelled', true, 1, 'done'],
    ['engine_error', false, 1, 'next'],
    ['engine_error', true, 1, 'again'],
    ['engine_error', true, 2, 'next'],
    ['timeout', true, 1, 'again'],
    ['timeout', true, 2, 'next'],
  ] as const)('%s (retryable: %s) in attempt %d of 2 leads to %s', (outcome, retryable, attempt, step) => {
    expect(afterRun({ outcome, retryable }, attempt, 2)).toBe(step);
  });

  it('takes no other engine when the budget is spent: a person decides', () => {
    expect(afterRun({ outcome: 'engine_error', retryable: false, budgetSpent: true }, 1, 2)).toBe('done');
  });
});

describe('a place in a list', () => {
  it('is read back as it was written, with any session', () => {
    for (const session of [{}, { sessionId: '2026:1\n' }]) {
      const place = { index: 1, name: 'aider', attempt: 2, ...session };
      expect(decodePlace(encodePlace(place), ['goose', 'aider'])).toEqual(place);
    }
  });

  it.each([undefined, '', '20260101_1', 'list:1:goose:1:', 'list:7:aider:1:'])('is not read from %j', (text) => {
    expect(decodePlace(text, ['goose', 'aider'])).toBeUndefined();
  });
});
