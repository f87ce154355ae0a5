import { describe, expect, it } from 'vitest';
import { parseTestScript, shellWord } from './test-script.js';

const parse = (test: string, scripts: Record<string, string> = {}) => parseTestScript({ test, ...scripts });

describe('parseTestScript', () => {
  it.each([
    ['vitest', { runner: 'vitest', before: '', args: '' }],
    ['vitest run --config unit.ts', { runner: 'vitest', before: '', args: '--config unit.ts' }],
    ['tsc -b && vitest run', { runner: 'vitest', before: 'tsc -b && ', args: '' }],
    ['cross-env TZ=UTC vitest --run', { runner: 'vitest', before: 'cross-env TZ=UTC ', args: '--run' }],
    ['NODE_ENV=test npx jest src', { runner: 'jest', before: 'NODE_ENV=test ', args: 'src' }],
    ['node --test', { runner: 'node:test', before: '', args: '--test' }],
    [
      'node --import tsx --test "test/*.ts"',
      { runner: 'node:test', before: '', args: '--import tsx --test "test/*.ts"' },
    ],
    ['nyc mocha --recursive', { runner: 'mocha', before: '', args: '--recursive' }],
    ['c8 node --test test/', { runner: 'node:test', before: '', args: '--test test/' }],
  ])('reads %j', (script, expected) => {
    expect(parse(script)).toEqual(expected);
  });

  it('follows scripts that call scripts, but not in circles', () => {
    expect(parse('npm run lint && npm run test:unit', { lint: 'eslint', 'test:unit': 'vitest run unit' })).toEqual({
      runner: 'vitest',
      before: 'npm run lint && ',
      args: 'unit',
    });
    expect(parse('npm test')).toBeUndefined();
  });

  it.each(['ava', 'node run-tests.js', 'vitest run | tee log', 'vitest && echo done', 'make test', ''])(
    'does not claim to know %j',
    (script) => {
      expect(parse(script)).toBeUndefined();
    },
  );
});

describe('shellWord', () => {
  it('quotes what a shell would take apart', () => {
    expect(['--reporter=junit', 'a b', "it's", '$HOME'].map(shellWord)).toEqual([
      '--reporter=junit',
      "'a b'",
      `'it'\\''s'`,
      `'$HOME'`,
    ]);
  });
});
