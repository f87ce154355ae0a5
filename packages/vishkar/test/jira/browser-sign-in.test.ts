/** A person signs in at the tracker in a browser, which is played by plain HTTP that follows redirects. */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder, waitUntil } from '@vishkar/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { jiraConfigSchema } from '../../src/issue-tracker/jira/jira-config.js';
import { JiraTracker } from '../../src/issue-tracker/jira/jira-tracker.js';
import { openJira } from '../../src/issue-tracker/jira/open-jira.js';
import { TrackerSecrets } from '../../src/issue-tracker/jira/secrets.js';
import { SignInFile } from '../../src/issue-tracker/jira/sign-in-file.js';
import { signIn } from '../../src/issue-tracker/jira/sign-in.js';
import { commandLine } from '../support/command-line.js';
import { BrowserOAuth } from './browser-oauth.js';
import { JiraSite } from './jira-site.js';
import { CLOUD_ID, RovoServer } from './rovo-server.js';

const site = new JiraSite();
let rovo: RovoServer;
let oauth: BrowserOAuth;

beforeAll(async () => {
  rovo = await RovoServer.start(() => site, 'nobody gets in without OAuth');
  site.create({ summary: 'a story' });
});
beforeEach(() => {
  oauth = new BrowserOAuth(new URL(rovo.url).origin);
  rovo.oauth = oauth;
});
afterAll(async () => {
  await rovo.close();
});

const server = () => ({ transport: 'http', url: rovo.url, cloudId: CLOUD_ID, auth: { kind: 'browser' } });
const newPath = () => join(temporaryFolder('sign-in'), 'state', 'tracker-sign-in.json');

async function list(path: string): Promise<number> {
  const config = jiraConfigSchema.parse({ project: 'DEMO', server: server() });
  const tracker = new JiraTracker(openJira(config, {}, path), config);
  try {
    return (await tracker.list()).length;
  } finally {
    await tracker.close();
  }
}

/** Signs in; `browser` gets the address that a person would open. */
async function login(path: string, browser: (url: string) => unknown, signal = new AbortController().signal) {
  await signIn({
    auth: { redirectPort: 0 },
    server: rovo.url,
    file: new SignInFile(path),
    secrets: new TrackerSecrets({}),
    show: (url) => void browser(url),
    signal,
  });
}

const follow = async (url: string) => (await fetch(url)).status;

describe('a sign-in in a browser', () => {
  it('registers a client, comes back with a code that PKCE binds, and keeps the tokens for this user alone', async () => {
    const path = newPath();
    await expect(list(path)).rejects.toMatchObject({ code: 'TRACKER_SIGN_IN_NEEDED', retryable: false });
    let shown = '';
    await login(path, async (url) => {
      shown = url;
      await follow(url);
    });
    expect(new URL(shown).searchParams.get('code_challenge_method')).toBe('S256');
    expect([statSync(path).mode & 0o777, statSync(join(path, '..')).mode & 0o777]).toEqual([0o600, 0o700]);
    expect(await list(path)).toBe(1);
    expect(oauth.grants).toEqual(['authorization_code']);
  });

  it('takes no answer with another state, and the right one after it', async () => {
    const path = newPath();
    const statuses: number[] = [];
    await login(path, async (url) => {
      const back = new URL(new URL(url).searchParams.get('redirect_uri') ?? '');
      for (const query of ['?code=stolen&state=guessed', '?code=stolen', '?error=access_denied&state=guessed'])
        statuses.push(await follow(`${back.href}${query}`));
      statuses.push(await follow(`${back.origin}/other`), await follow(url));
    });
    expect(statuses).toEqual([400, 400, 400, 404, 200]);
    expect(await list(path)).toBe(1);
  });

  it('says that the person refused, and that nobody came, and keeps nothing then', async () => {
    const path = newPath();
    oauth.isRefused = true;
    await expect(login(path, follow)).rejects.toMatchObject({
      code: 'TRACKER_SIGN_IN_FAILED',
      message: expect.stringContaining('access_denied'),
    });
    const waiting = new AbortController();
    await expect(login(path, () => waiting.abort(), waiting.signal)).rejects.toMatchObject({
      code: 'TRACKER_SIGN_IN_FAILED',
    });
    await expect(list(path)).rejects.toMatchObject({ code: 'TRACKER_SIGN_IN_NEEDED' });
  });

  it('is refreshed when the token has ended, by whoever is first, and asked for again when the right is taken away', async () => {
    const path = newPath();
    await login(path, follow);
    const before = readFileSync(path, 'utf8');
    oauth.expire();
    expect(await list(path)).toBe(1);
    expect(readFileSync(path, 'utf8')).not.toBe(before);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(oauth.grants).toEqual(['authorization_code', 'refresh_token']);
    oauth.revoke();
    await expect(list(path)).rejects.toMatchObject({ code: 'TRACKER_SIGN_IN_NEEDED' });
    await login(path, follow);
    expect(await list(path)).toBe(1);
  });

  it('is done and undone by the command, which shows no token', async () => {
    const { checkout, home, start, json } = commandLine();
    const path = join(checkout, 'vishkar.config.json');
    const config = JSON.parse(readFileSync(path, 'utf8')) as object;
    const jira = { project: 'DEMO', server: server() };
    writeFileSync(path, JSON.stringify({ ...config, tracker: { kind: 'jira', jira } }));
    const command = start('tracker', 'login', '--json');
    await waitUntil(() => /http\S+authorize\S+/.test(command.stderr), { what: 'the address' });
    expect(await follow(/http\S+authorize\S+/.exec(command.stderr)?.[0] ?? '')).toBe(200);
    expect(await command.exited).toMatchObject({ code: 0 });
    const kept = String((JSON.parse(command.stdout) as { path: string }).path);
    expect(kept.startsWith(home)).toBe(true);
    const { tokens } = JSON.parse(readFileSync(kept, 'utf8')) as { tokens: { access_token: string } };
    expect(command.stdout + command.stderr).not.toContain(tokens.access_token);
    expect(await list(kept)).toBe(1);
    expect(await json('tracker', 'logout')).toMatchObject({ code: 0 });
    await expect(list(kept)).rejects.toMatchObject({ code: 'TRACKER_SIGN_IN_NEEDED' });
  });
});
