import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { runGit, testRepository } from '../../test/support/git-repository.js';
import { git, gitText } from './git-command.js';
import { maskSecrets, maskValues } from './mask-secrets.js';
import { defaultBranch } from './remote.js';
import { findCommit } from './revisions.js';

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('git', () => {
  it('works in its own folder even when a surrounding git hook has set another repository', async () => {
    const { checkout, remote } = testRepository();
    vi.stubEnv('GIT_DIR', remote);
    vi.stubEnv('GIT_INDEX_FILE', '/nowhere/index');
    expect(await gitText(['rev-parse', '--show-toplevel'], { cwd: checkout })).toBe(checkout);
  });

  it.each([
    ['GIT_FOLDER_MISSING', ['status'], 'gone', false],
    ['GIT_NOT_A_REPOSITORY', ['status'], '.', false],
    ['GIT_REMOTE_NOT_FOUND', ['fetch', '--', 'nowhere'], 'demo', false],
    ['GIT_REMOTE_UNREACHABLE', ['ls-remote', '--', 'http://127.0.0.1:1/x.git'], 'demo', true],
    ['GIT_FAILED', ['cat-file', '-p', 'HEAD:missing'], 'demo', false],
  ] as const)('reports %s', async (code, args, folder, retryable) => {
    const { root } = testRepository();
    await expect(git(args, { cwd: `${root}/${folder}` })).rejects.toMatchObject({ code, retryable });
  });

  it('passes settings that hold a secret by the environment alone, behind those that a person gives', async () => {
    const { checkout } = testRepository();
    vi.stubEnv('GIT_CONFIG_COUNT', '1');
    vi.stubEnv('GIT_CONFIG_KEY_0', 'demo.theirs');
    vi.stubEnv('GIT_CONFIG_VALUE_0', 'kept');
    const secretSettings = [['http.http://127.0.0.1:1/x.git.extraHeader', 'X-Secret: geheim']] as const;
    const read = async (name: string) => await gitText(['config', '--get', name], { cwd: checkout, secretSettings });
    expect(await read('demo.theirs')).toBe('kept');
    expect(await read(secretSettings[0][0])).toBe('X-Secret: geheim');
    const options = { cwd: checkout, secretSettings };
    const failure = git(['ls-remote', '--', 'http://127.0.0.1:1/x.git'], options);
    await expect(failure).rejects.toSatisfy(
      (error: Error) => !`${error.message}${error.stack ?? ''}`.includes('geheim'),
    );
    expect(runGit(checkout, 'config', '--local', '--list')).not.toContain('geheim');
  });

  it('keeps credentials of a remote URL out of errors', async () => {
    const { checkout } = testRepository();
    const failure = git(['ls-remote', '--', 'http://ada:s3cret@127.0.0.1:1/x.git'], { cwd: checkout });
    await expect(failure).rejects.toSatisfy((error: Error) => !error.message.includes('s3cret'));
  });

  it('ends when its signal is aborted while a remote does not answer', async () => {
    const { checkout } = testRepository();
    const silent = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void silent.close());
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const stop = new AbortController();
    const call = git(['ls-remote', '--', `http://127.0.0.1:${port}/x.git`], { cwd: checkout, signal: stop.signal });
    const [connection] = (await once(silent, 'connection')) as [Socket];
    onTestFinished(() => void connection.destroy());
    const reason = new Error('story cancelled');
    stop.abort(reason);
    await expect(call).rejects.toBe(reason);
  });
});

describe('maskSecrets', () => {
  it('masks URL credentials, headers and token forms, and leaves the rest', () => {
    expect(maskSecrets('https://u:p@host/x ssh://git@host/y https://host/z')).toBe(
      'https://***@host/x ssh://git@host/y https://host/z',
    );
    expect(maskSecrets('Authorization: Bearer abc.def')).toBe('Authorization: ***');
    expect(maskSecrets(`token ghp_${'a'.repeat(36)} end`)).toBe('token *** end');
  });
});

describe('maskValues', () => {
  it('knows a value again encoded for a URL, anywhere in base64, and by the lines of a key', () => {
    const secret = 'pass/word+for=the tests';
    const key = '-----BEGIN KEY-----\nMIIEvQIBADANBgkq\nhkiG9w0BAQEFAASC\n-----END KEY-----';
    for (const before of ['', 'u', 'us', 'user:'])
      for (const after of ['', '@', '@h', '@host']) {
        const header = Buffer.from(before + secret + after).toString('base64');
        expect(Buffer.from(maskValues(header, [secret]).split('***').join(''), 'base64').length).toBeLessThan(12);
      }
    expect(maskValues(`?key=${encodeURIComponent(secret)}`, [secret])).toBe('?key=***');
    expect(maskValues(JSON.stringify(key), [key])).not.toMatch(/MIIE|hkiG/);
    expect(maskValues('a short one: ab', ['ab', ''])).toBe('a short one: ab');
  });
});

describe('the environment of git', () => {
  it("holds what lets a person's git in, and no token of ours or of other programs", async () => {
    const { checkout } = testRepository();
    const given = { SSH_AUTH_SOCK: '/agent', GIT_SSH_COMMAND: 'ssh -i key', HTTPS_PROXY: 'http://me:pass@proxy' };
    const kept = {
      ...given,
      JIRA_API_TOKEN: 'token',
      OPENAI_API_KEY: 'key',
      TEMPORAL_API_KEY: 'key',
      GIT_DIR: '/other',
    };
    for (const [name, value] of Object.entries(kept)) vi.stubEnv(name, value);
    onTestFinished(() => void vi.unstubAllEnvs());
    const printed = (await git(['-c', 'alias.print=!env', 'print'], { cwd: checkout })).stdout.split('\n');
    expect(printed).toEqual(expect.arrayContaining(Object.entries(given).map(([name, value]) => `${name}=${value}`)));
    expect(printed.filter((line) => /^(?:JIRA|OPENAI|TEMPORAL)_|GIT_DIR=.other/.test(line))).toEqual([]);
  });
});

describe('defaultBranch', () => {
  it('is what HEAD of the remote points to, or the only branch there is', async () => {
    const { checkout, remote } = testRepository();
    expect(await defaultBranch({ repository: checkout, remote: 'origin' })).toBe('main');
    runGit(remote, 'symbolic-ref', 'HEAD', 'refs/heads/never-pushed');
    expect(await defaultBranch({ repository: checkout, remote })).toBe('main');
    runGit(checkout, 'push', '--quiet', 'origin', 'main:trunk');
    await expect(defaultBranch({ repository: checkout, remote })).rejects.toMatchObject({ code: 'NO_DEFAULT_BRANCH' });
  });
});

describe('findCommit', () => {
  it('finds commits by any name and is undefined for what is not there', async () => {
    const { checkout } = testRepository();
    const sha = runGit(checkout, 'rev-parse', 'HEAD');
    expect(await findCommit(checkout, 'main')).toBe(sha);
    for (const name of ['nope', '0'.repeat(40), '--all', 'HEAD:README.md']) {
      expect(await findCommit(checkout, name)).toBeUndefined();
    }
  });
});
