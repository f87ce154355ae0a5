import { describe, expect, it } from 'vitest';
import { runCommand } from '../src/index.js';

describe('runCommand', () => {
  it('prints a duration in its short form', () => {
    expect(runCommand(['parse', '90m'])).toEqual({ exitCode: 0, text: '1h 30m' });
  });

  it('ends with 1 and the position when the text is no duration', () => {
    expect(runCommand(['parse', '90x'])).toEqual({
      exitCode: 1,
      text: expect.stringContaining('position 0') as string,
    });
  });

  it('ends with 2 and the usage when it is called wrongly', () => {
    for (const args of [[], ['parse'], ['constructor', '1h'], ['parse', '1h', '2h']]) {
      expect(runCommand(args).exitCode).toBe(2);
      expect(runCommand(args).text).toContain('Usage: duration');
    }
  });
});
