import { describe, expect, it } from 'vitest';
import { gradeClaim } from './severity-rubric.js';

describe('the severity of a claim of models', () => {
  it.each([
    ['critical', 'sql-injection', '`name` is joined into the statement', 1, 'critical'],
    ['critical', 'off-by-one', 'the last item is left out', 2, 'high'],
    ['high', 'naming', '`x` says nothing', 3, 'low'],
    ['high', 'duplicated-code', 'the block stands twice', 2, 'medium'],
    ['high', 'null-check', 'this might be undefined', 1, 'medium'],
    ['high', 'null-check', 'this might be undefined', 2, 'high'],
    ['low', 'null-check', 'consider a check', 1, 'low'],
    ['medium', 'sql-injection', '`name` is joined into the statement', 3, 'medium'],
  ] as const)('%s, %s: "%s" by %i is %s', (severity, category, issue, voices, graded) => {
    expect(gradeClaim({ severity, category, issue, voices })).toBe(graded);
  });
});
