/** Who we are on GitHub, what happens when it says no or asks to wait, and where the token goes. */
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pushBranch } from '../../src/git/checkpoint.js';
import { defaultBranch, remoteSha } from '../../src/git/remote.js';
import type { GithubHost } from '../../src/source-host/github/github-host.js';
import { commitFiles, runGit } from '../support/git-repository.js';
import { githubApi, githubHost } from './github-fixture.js';
import { APP, TOKEN } from './github-server.js';

const ACCESS = { 'x-accepted-github-permissions': 'pull_requests=write' };
const SSO = { 'x-github-sso': 'required; url=https://github.com/orgs/acme/sso?authorization_request=1' };

describe('a call that GitHub refuses', () => {
  it.each([
    [401, 'Bad credentials', {}, 'SOURCE_HOST_UNAUTHORIZED', 'Make a new token'],
    [403, 'Resource not accessible by personal access token', ACCESS, 'SOURCE_HOST_FORBIDDEN', 'pull_requests=write'],
    [
      403,
      'Resource protected by organization SAML enforcement.',
      SSO,
      'SOURCE_HOST_FORBIDDEN',
      'https://github.com/orgs/acme/sso',
    ],
    [410, 'Gone', {}, 'SOURCE_HOST_REFUSED', 'docs/github.md'],
  ])('with %i (%s) says what to do', async (answer, message, headers, code, hint) => {
    const { server, connect } = await githubApi();
    server.faults = [{ call: /\/acme\/thing$/, work: 'not done', answer, headers, message }];
    const refused = connect().problems();
    const expected = {
      code,
      retryable: false,
      hint: expect.stringContaining(hint),
      message: expect.stringContaining(message),
    };
    await expect(refused).rejects.toMatchObject(expected);
  });

  it('is told apart from a repository that is not there', async () => {
    const { connect } = await githubApi();
    const host = connect({ repo: 'other' });
    const request = { branch: 'b', baseBranch: 'main', title: 'T', body: 'B', headSha: 'abc' };
    await expect(host.openPullRequest(request, 'open')).rejects.toMatchObject({ code: 'SOURCE_HOST_NOT_FOUND' });
    const problems = host.problems();
    await expect(problems).rejects.toMatchObject({ hint: expect.stringContaining('"owner" and "repo"') });
  });

  it('says that the variable of the token is not set', async () => {
    const { connect } = await githubApi();
    const host = connect({ tokenEnv: 'MY_TOKEN' }, {});
    const expected = { code: 'SOURCE_HOST_TOKEN_MISSING', message: expect.stringContaining('MY_TOKEN') };
    await expect(host.getPullRequest(1)).rejects.toMatchObject(expected);
    await expect(host.gitSettings()).rejects.toMatchObject(expected);
  });

  it('says that nobody listens', async () => {
    const { connect } = await githubApi();
    const host = connect({ baseUrl: 'http://127.0.0.1:9/api/v3' });
    await expect(host.getPullRequest(1)).rejects.toMatchObject({ code: 'SOURCE_HOST_UNREACHABLE', retryable: true });
  });
});

/** An activity is tried again after `retryAfterMs`: the wait is the service's, and outlives this process. */
describe('a limit of GitHub becomes a retry at the time that it names', () => {
  const date = 'Thu, 01 Jan 2026 00:00:00 GMT';
  const reset = String(Date.parse(date) / 1000 + 90);
  const used = { date, 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset };
  it.each([
    ['the limit of the hour', 403, used, 'API rate limit exceeded for user ID 1.', 91_000],
    ['the limit of the hour, by its own status', 429, used, 'API rate limit exceeded', 91_000],
    ['a secondary limit with a time', 403, { 'retry-after': '7' }, 'You have exceeded a secondary rate limit.', 8_000],
    ['a secondary limit without', 403, {}, 'You have exceeded a secondary rate limit.', 61_000],
    ['a time that is over by now', 429, { ...used, 'x-ratelimit-reset': '1' }, 'API rate limit exceeded', 1_000],
    ['a time far away', 429, { 'retry-after': '99999' }, 'Slow down', 3_600_000],
  ])('%s', async (_, answer, headers, message, retryAfterMs) => {
    const { server, connect } = await githubApi();
    server.faults = [{ call: /\/acme\/thing$/, work: 'not done', answer, headers, message }];
    const expected = { code: 'SOURCE_HOST_RATE_LIMITED', retryable: true, retryAfterMs };
    await expect(connect().problems()).rejects.toMatchObject(expected);
    expect(server.requests).toHaveLength(1);
  });

  it('of GraphQL, which tells it under status 200', async () => {
    const { server, connect } = await githubApi();
    server.limitGraphql({ date, 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset });
    const expected = { code: 'SOURCE_HOST_RATE_LIMITED', retryable: true, retryAfterMs: 91_000 };
    await expect(connect().listThreads(1)).rejects.toMatchObject(expected);
  });
});

describe('a GitHub App', () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    // As GitHub hands it out.
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  const exchanges = (requests: readonly string[]) => requests.filter((each) => each.endsWith('/access_tokens')).length;

  const app = { ...APP, privateKeyEnv: 'APP_KEY' };
  const { privateKeyEnv: _, ...bare } = app;
  const environment = { APP_KEY: privateKey };

  it('works under tokens of its installation, made once for calls side by side', async () => {
    const { server, connect, push, site } = await githubHost();
    server.appKey = publicKey;
    const host = connect({ app }, environment);
    const headSha = push('vishkar/DEMO-1', { 'a.txt': 'one\n' });
    const request = { branch: 'vishkar/DEMO-1', baseBranch: 'main', title: 'T', body: 'B', headSha };
    await host.openPullRequest(request, 'open');
    await Promise.all([host.getPullRequest(1), host.listThreads(1), host.gitSettings()]);
    expect(site.require(1).author).toBe('vishkar-app[bot]');
    expect(exchanges(server.requests)).toBe(1);
  });

  it('gets a new token before the old one ends, and when GitHub took it back', async () => {
    const { server, connect } = await githubApi();
    Object.assign(server, { appKey: publicKey, tokenLifeMs: 5 * 60 * 1000 });
    const host = connect({ app }, environment);
    await host.problems();
    const before = exchanges(server.requests);
    expect(before).toBeGreaterThan(1);
    server.tokenLifeMs = 60 * 60 * 1000;
    await host.problems();
    for (const [token, login] of server.tokens) if (login === 'vishkar-app[bot]') server.tokens.delete(token);
    await host.problems();
    expect(exchanges(server.requests)).toBe(before + 2);
  });

  it('reads its key from a file, also one whose line ends were escaped for a variable', async () => {
    const { root, server, connect } = await githubApi();
    server.appKey = publicKey;
    writeFileSync(join(root, 'app.pem'), privateKey);
    expect(await connect({ app: { ...bare, privateKeyFile: 'app.pem' } }, {}).problems()).toEqual([]);
    expect(await connect({ app }, { APP_KEY: privateKey.replaceAll('\n', '\\n') }).problems()).toEqual([]);
  });

  it('says what is wrong with its key, its id or its installation, and never shows the key', async () => {
    const { server, connect } = await githubApi();
    server.appKey = publicKey;
    const missing = connect({ app: { ...bare, privateKeyFile: 'gone.pem' } }, {}).problems();
    await expect(missing).rejects.toMatchObject({ code: 'SOURCE_HOST_KEY_UNREADABLE' });
    const broken = connect({ app }, { APP_KEY: 'not-a-key-but-secret' }).problems();
    await expect(broken).rejects.toMatchObject({ code: 'SOURCE_HOST_KEY_UNREADABLE' });
    await expect(broken).rejects.not.toMatchObject({ message: expect.stringContaining('not-a-key-but-secret') });
    const other = (change: object) => connect({ app: { ...app, ...change } }, environment).problems();
    await expect(other({ appId: 'other' })).rejects.toMatchObject({ code: 'SOURCE_HOST_UNAUTHORIZED' });
    await expect(other({ installationId: 1 })).rejects.toMatchObject({ code: 'SOURCE_HOST_NOT_FOUND' });
  });
});

describe('git, at GitHub', () => {
  const access = (host: GithubHost) => () => host.gitSettings();

  it('pushes and fetches over HTTP as the account of the token', async () => {
    const { repository, connect, site } = await githubHost();
    const { checkout } = repository;
    const host = connect();
    const remote = { remote: host.remoteUrl, access: access(host) };
    expect(await defaultBranch({ repository: checkout, ...remote })).toBe('main');
    runGit(checkout, 'switch', '--quiet', '--create', 'vishkar/DEMO-1');
    const sha = commitFiles(checkout, { 'a.txt': 'one\n' }, 'work');
    expect(await pushBranch({ worktree: checkout, branch: 'vishkar/DEMO-1', ...remote })).toEqual({
      sha,
      adopted: false,
    });
    expect(site.sha('vishkar/DEMO-1')).toBe(sha);
    expect(await pushBranch({ worktree: checkout, branch: 'vishkar/DEMO-1', ...remote })).toEqual({
      sha,
      adopted: true,
    });
    expect(runGit(checkout, 'config', '--local', '--list')).not.toMatch(/extraheader|credential/i);
  });

  it('asks no helper of the person when the token is not accepted, and keeps the token to itself', async () => {
    const { repository, connect } = await githubHost();
    const { checkout, root } = repository;
    const asked = join(root, 'asked');
    runGit(checkout, 'config', 'credential.helper', `!touch '${asked}'; echo password=x; echo username=y; #`);
    const token = 'ghs_wrongToken000000000000000000000000';
    const host = connect({}, { GITHUB_TOKEN: token });
    const look = remoteSha({ repository: checkout, remote: host.remoteUrl, access: access(host) }, 'main');
    const error = await look.catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'GIT_AUTH_FAILED' });
    expect(JSON.stringify([error, (error as Error).stack])).not.toContain(token);
    expect(existsSync(asked)).toBe(false);
  });

  it('sends the token to the repository alone', async () => {
    const { connect } = await githubApi();
    const host = connect({ baseUrl: 'https://api.github.com' });
    expect(host.remoteUrl).toBe('https://github.com/acme/thing.git');
    expect(connect({ baseUrl: 'https://ghe.example.com/api/v3' }).remoteUrl).toBe(
      'https://ghe.example.com/acme/thing.git',
    );
    const names = (await host.gitSettings()).map(([name]) => name);
    expect(names).toEqual(['credential.helper', 'http.https://github.com/acme/thing.git.extraHeader']);
  });
});

describe('doctor asks GitHub', () => {
  it('whether the repository takes a push and the configured merge', async () => {
    const { connect, site } = await githubApi();
    expect(await connect().problems()).toEqual([]);
    Object.assign(site.rules, { isArchived: true, mayPush: false, methods: ['squash'] });
    expect((await connect().problems()).map((problem) => problem.code)).toEqual([
      'SOURCE_HOST_REFUSED',
      'SOURCE_HOST_FORBIDDEN',
      'MERGE_METHOD_REFUSED',
    ]);
  });
});

it('no error of a call holds the token, whatever GitHub repeats', async () => {
  const { server, connect } = await githubApi();
  for (const answer of [400, 401, 403, 404, 422, 500] as const) {
    server.faults = [{ call: /\/acme\/thing$/, work: 'not done', answer, message: `who is Bearer ${TOKEN}?` }];
    const error = (await connect()
      .problems()
      .catch((reason: unknown) => reason)) as Error;
    expect(error).toBeInstanceOf(Error);
    expect(JSON.stringify({ ...error, message: error.message, stack: error.stack, cause: error.cause })).not.toContain(
      TOKEN,
    );
  }
});
