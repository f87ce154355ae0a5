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

  it('passes no address with a password in it, unless it is named', () => {
    const from = {
      HTTP_PROXY: 'http://me:pass@proxy:8080',
      https_proxy: 'me:pass@proxy:8080',
      ALL_PROXY: 'socks5://proxy:1080',
      npm_config_registry: 'https://me:pass@registry.example.com/',
    };
    expect(childEnvironment({ from })).toEqual({ ALL_PROXY: 'socks5://proxy:1080' });
    expect(childEnvironment({ from, pass: ['HTTP_PROXY'] })).toMatchObject({ HTTP_PROXY: from.HTTP_PROXY });
  });
});
