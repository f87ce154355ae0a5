/** A whole story from a backlog of files to a merged pull request on GitHub, by the built command; git pushes over HTTP. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it, onTestFinished, vi } from 'vitest';
import { commandLine } from '../support/command-line.js';
import { runGit, writeFiles } from '../support/git-repository.js';
import { basicCredentials } from '../../src/source-host/github/github-credentials.js';
import { GithubServer, TOKEN } from './github-server.js';
import { OWNER, REPO } from './github-site.js';

const STORY =
  '---\nkey: DEMO-1\ntitle: Add a function that returns the next number\nstatus: todo\nacceptance:\n  - next(1) is 2\n---\n\nAs it says.\n';

afterEach(() => {
  vi.unstubAllEnvs();
});

it('the story of a backlog is merged as a pull request of GitHub, and the token stays where it belongs', async () => {
  vi.stubEnv('TEST_GITHUB_TOKEN', TOKEN);
  const { checkout, home, remote, start, json } = commandLine();
  const server = await GithubServer.start(remote);
  onTestFinished(async () => {
    await server.close();
    expect(server.violations).toEqual([]);
  });
  const { site } = server;
  site.templates = [{ filename: 'PULL_REQUEST_TEMPLATE.md', body: '## Checklist\n\n- [ ] looked at by a person' }];
  site.rules.requiredChecks = ['unit'];
  site.runChecks = () => [{ name: 'unit' }, { name: 'lint', conclusion: 'neutral', app: 'linter' }];
  const path = join(checkout, 'vishkar.config.json');
  const sourceHost = { kind: 'github', owner: OWNER, repo: REPO, baseUrl: server.apiAddress };
  const settings = { tokenEnv: 'TEST_GITHUB_TOKEN', labels: ['vishkar'], mergeMethod: 'squash', deleteBranch: true };
  const config = JSON.parse(readFileSync(path, 'utf8')) as object;
  writeFileSync(path, JSON.stringify({ ...config, sourceHost: { ...sourceHost, ...settings } }));
  writeFiles(checkout, { '.vishkar/backlog/DEMO-1.md': STORY });
  expect(await json('init')).toMatchObject({ code: 0 });
  const doctor = await json('doctor');
  expect(doctor).toMatchObject({ code: 0 });

  const run = start('run', '--json');
  await run.waitForOutput(/waits for approval/, 150_000);
  const [pull] = site.current();
  expect(pull).toMatchObject({ branch: expect.stringMatching(/^vishkar\/DEMO-1-/), labels: ['vishkar'], isOpen: true });
  expect(pull?.body).toContain('- [ ] looked at by a person');
  expect(pull?.reviews).toMatchObject([{ state: 'COMMENTED', author: 'vishkar-bot' }]);
  expect(await json('approve', 'DEMO-1')).toMatchObject({ code: 0 });
  expect(await run.exited).toMatchObject({ code: 0 });
  expect(JSON.parse(run.stdout)).toMatchObject({ key: 'DEMO-1', outcome: 'merged' });

  expect(site.require(1)).toMatchObject({ isOpen: false, mergeSha: runGit(remote, 'rev-parse', 'main') });
  expect(runGit(remote, 'log', '-1', '--format=%B', 'main')).toMatch(/^DEMO-1: .*\(#1\)\n\nVishkar-Marker: /);
  expect(runGit(remote, 'branch', '--list', 'vishkar/*')).toBe('');
  // Neither the token nor what git sends of it is in the output, in any file of ours, or in the repository's git folder.
  const secrets = [TOKEN, basicCredentials(TOKEN)];
  const texts = [
    run.stdout + run.stderr + JSON.stringify(doctor),
    ...filesBelow(home),
    ...filesBelow(join(checkout, '.git')),
  ];
  for (const secret of secrets) expect(texts.filter((text) => text.includes(secret))).toEqual([]);
}, 180_000);

/** The contents of all files, byte by byte as text. */
function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));
}
