import { describe, expect, it } from 'vitest';
import { commandsConfigSchema } from './commands-config.js';

const parse = (config: unknown) => commandsConfigSchema.safeParse(config);

describe('commandsConfigSchema', () => {
  it('takes a command as words, as a line, with a time limit, or as absent', () => {
    const config = {
      install: false,
      build: 'make  all',
      lint: ['npx', 'eslint'],
      smoke: { argv: ['./run'], timeoutMs: 9 },
    };
    expect(parse(config).data).toEqual({ ...config, build: ['make', 'all'] });
  });

  it('takes tests as a known runner, or as a command with its reports', () => {
    expect(parse({ test: { runner: 'vitest' } }).data).toEqual({ test: { runner: 'vitest', args: [] } });
    for (const reports of [{ junit: 'r.xml' }, { tap: 'r.tap', goCover: 'c.out' }, { trx: 'r.trx', jacoco: 'j.xml' }])
      expect(parse({ test: { argv: ['make', 'test'], ...reports } }).success).toBe(true);
  });

  it.each([
    ['a test command without a report, which could never pass', { test: { argv: ['make', 'test'] } }],
    ['a test command with two reports', { test: { argv: ['make', 'test'], junit: 'r.xml', tap: 'r.tap' } }],
    ['a test command with two coverage reports', { test: { argv: ['a'], junit: 'r', lcov: 'l', jacoco: 'j' } }],
    ['an unknown runner', { test: { runner: 'karma' } }],
    ['an unknown command', { deploy: 'make deploy' }],
    ['an empty command', { build: [] }],
    ['a blank line', { build: '  ' }],
  ])('refuses %s', (_title, config) => {
    expect(parse(config).success).toBe(false);
  });
});
