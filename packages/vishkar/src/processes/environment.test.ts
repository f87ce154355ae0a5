import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { childEnvironment } from './environment.js';

describe('childEnvironment', () => {
  it('passes what programs need, never a token, and a key only by name', () => {
    const from = {
      PATH: '/bin',
      LC_ALL: 'C',
      HOME: '/me',
      GITHUB_TOKEN: 't',
      OPENAI_API_KEY: 'k',
      npm_config__auth: 'a',
    };
    expect(childEnvironment({ from })).toEqual({ PATH: '/bin', LC_ALL: 'C', HOME: '/me' });
    expect(childEnvironment({ from, pass: ['OPENAI_API_KEY'], set: { EXTRA: '1' } })).toMatchObject({
      OPENAI_API_KEY: 'k',
      EXTRA: '1',
    });
    expect(childEnvironment({ from, home: '/private' })).toMatchObject({
      HOME: '/private',
      XDG_CONFIG_HOME: join('/private', '.config'),
    });
  });
});
