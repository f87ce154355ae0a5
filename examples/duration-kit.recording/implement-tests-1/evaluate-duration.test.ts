import { describe, expect, it } from 'vitest';
import { DurationSyntaxError, evaluateDuration, formatDuration, runCommand } from '../src/index.js';

const evaluated = (expression: string) => formatDuration(evaluateDuration(expression));

/** The position at which an expression is refused. */
function refusedAt(expression: string): number {
  try {
    evaluateDuration(expression);
  } catch (error) {
    if (error instanceof DurationSyntaxError) return error.position;
    throw error;
  }
  throw new Error(`${expression} was not refused`);
}

describe('evaluateDuration', () => {
  it('TC-DEMO-1-001 evaluates sums, products and parentheses with the usual precedence', () => {
    expect(evaluated('1h30m + 2 * 15m')).toBe('2h');
    expect(evaluated('(1h30m + 30m) * 2')).toBe('4h');
    expect(evaluated('3h / 2 - 15m')).toBe('1h 15m');
  });

  it('TC-DEMO-1-002 refuses text that is no expression and knows the position', () => {
    expect(refusedAt('1h +')).toBe(4);
    expect(refusedAt('1h 30m')).toBe(3);
    expect(refusedAt('(1h + 2m')).toBe(8);
    expect(refusedAt('1h + x')).toBe(5);
    expect(refusedAt('')).toBe(0);
  });

  it('TC-DEMO-1-001 subtracts and divides from left to right, and negates', () => {
    expect(evaluated('2h - 30m - 15m')).toBe('1h 15m');
    expect(evaluated('8h / 2 / 2')).toBe('2h');
    expect(evaluated('-(1h - 3h)')).toBe('2h');
    expect(evaluated('1h*1.5')).toBe('1h 30m');
  });

  it('TC-DEMO-1-004 refuses operands that make no sense together', () => {
    for (const expression of ['1h * 2h', '1h + 2', '2 / 1h', '2 * 3', '1h / 0']) {
      expect(() => evaluateDuration(expression), expression).toThrow(DurationSyntaxError);
    }
    expect(evaluated('(1 + 8 / 4 - 2) * 1h')).toBe('1h');
  });

  it('TC-DEMO-1-005 refuses hostile text without executing it', () => {
    for (const expression of ['globalThis.hacked = 1', '(() => 1)()', '1h; 2h', `${'('.repeat(100_000)}1h`]) {
      expect(() => evaluateDuration(expression)).toThrow(DurationSyntaxError);
    }
    expect(globalThis).not.toHaveProperty('hacked');
  });
});

describe('duration eval', () => {
  it('TC-DEMO-1-003 prints the result in its short form', () => {
    expect(runCommand(['eval', '1h30m + 2 * 15m'])).toEqual({ exitCode: 0, text: '2h' });
  });

  it('TC-DEMO-1-006 ends with 1 and the position when the expression is refused', () => {
    const { exitCode, text } = runCommand(['eval', '1h + x']);
    expect(exitCode).toBe(1);
    expect(text).toContain('at position 5 in "1h + x"');
  });
});
