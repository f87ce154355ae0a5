import { describe, expect, it } from 'vitest';
import { createStreamLogger } from './stream-logger.js';
import type { LogFormat, LogLevel } from './stream-logger.js';

function capture(level: LogLevel, format: LogFormat) {
  const lines: string[] = [];
  return {
    lines,
    logger: createStreamLogger({ level, format, stream: { write: (line: string) => lines.push(line) } }),
  };
}

describe('createStreamLogger', () => {
  it('writes its level and above, and nothing at "never"', () => {
    const { lines, logger } = capture('warn', 'text');
    logger.debug({}, 'a');
    logger.info({}, 'b');
    logger.warn({}, 'c');
    logger.error({}, 'd');
    expect(lines.map((line) => /level=(\w+)/.exec(line)?.[1])).toEqual(['WARN', 'ERROR']);
    const never = capture('never', 'text');
    never.logger.error({}, 'd');
    expect(never.lines).toEqual([]);
  });

  it('writes one line per record, whatever is in it', () => {
    for (const format of ['text', 'json'] as const) {
      const { lines, logger } = capture('debug', format);
      logger.error({ err: new Error('two\nlines'), name: 'a\nb', size: 5n }, 'first\nsecond');
      expect(lines).toHaveLength(1);
      expect(lines[0]).toMatch(/^[^\n]+\n$/);
    }
  });

  it('writes JSON that holds the fields, errors with their stack', () => {
    const { lines, logger } = capture('info', 'json');
    logger.info({ err: new Error('broken'), count: 2 }, 'a message');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 'info',
      message: 'a message',
      count: 2,
      err: { name: 'Error', message: 'broken', stack: expect.stringContaining('stream-logger.test') as string },
    });
  });
});
