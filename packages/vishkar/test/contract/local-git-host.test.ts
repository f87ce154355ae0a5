/** The local git host under the source host contract, and what only a bare repository has to hold. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '@vishkar/testkit';
import { describe, expect, it } from 'vitest';
import { FolderArtifactStore } from '../../src/artifacts/folder-artifact-store.js';
import { ensureBareRemote } from '../../src/source-host/local-git/bare-remote.js';
import { LocalGitHost } from '../../src/source-host/local-git/local-git-host.js';
import { commitFiles, runGit, testRepository } from '../support/git-repository.js';
import { scriptRunner } from '../support/script-runner.js';
import { describeSourceHost } from './source-host-contract.js';

function makeHost() {
  const repository = testRepository();
  const { checkout, remote, root } = repository;
  const runner = scriptRunner(join(root, 'runs.txt'));
  const artifacts = new FolderArtifactStore({ folder: join(root, 'artifacts') });
  const workFolder = join(root, 'checks');
  const connect = () => new LocalGitHost({ remote, checks: { runner, artifacts, workFolder } });
  function push(branch: string, files: Readonly<Record<string, string>>): string {
    const isKnown = runGit(checkout, 'branch', '--list', branch) !== '';
    runGit(checkout, 'switch', '--quiet', ...(isKnown ? [branch] : ['--create', branch, 'origin/main']));
    if (branch === 'main') runGit(checkout, 'pull', '--quiet', '--ff-only', 'origin', 'main');
    const sha = commitFiles(checkout, files, `change ${branch}`);
    runGit(checkout, 'push', '--quiet', 'origin', branch);
    return sha;
  }
  return { repository, runner, artifacts, workFolder, connect, push };
}

describeSourceHost('LocalGitHost', async () => {
  const { repository, runner, connect, push } = makeHost();
  const { checkout, remote } = repository;
  return await Promise.resolve({
    connect,
    push: async (branch, files) => push(branch, files),
    mergeByHand: async (branch) => {
      runGit(checkout, 'switch', '--quiet', 'main');
      runGit(checkout, 'merge', '--quiet', '--no-ff', '--message', 'by hand', branch);
      runGit(checkout, 'push', '--quiet', 'origin', 'main');
      return runGit(checkout, 'rev-parse', 'HEAD');
    },
    closeByHand: async (number) => void (await connect().closePullRequest(number)),
    reopenByHand: async (number) => void (await connect().reopenPullRequest(number)),
    commentByHand: async (number, file, line, body) =>
      void (await connect().addThread({ number, author: 'Ada', file, line, body })),
    history: async () => runGit(remote, 'log', '--first-parent', '--format=%H %P', 'main').split('\n'),
    testRuns: () => runner.runs().filter((run) => run === 'test').length,
  });
});

const BRANCH = 'vishkar/DEMO-1';
const QUIET = { signal: new AbortController().signal, onProgress: () => undefined };

describe('LocalGitHost', () => {
  async function withPullRequest() {
    const host = makeHost();
    const headSha = host.push(BRANCH, { 'build.mjs': '', 'test.mjs': 'console.log("tested here")\n' });
    const request = { branch: BRANCH, baseBranch: 'main', title: 'A title', body: 'A body', headSha };
    const opened = await host.connect().openPullRequest(request, 'open');
    return { ...host, headSha, request, opened, number: opened.number };
  }

  it('writes a page that a person can open', async () => {
    const { opened, connect, number, headSha } = await withPullRequest();
    await connect().addThread({ number, author: 'Ada', file: 'a.ts', line: 3, body: 'Why?' });
    await connect().checks({ number, headSha }, QUIET);
    const page = readFileSync(fileURLToPath(opened.url), 'utf8');
    for (const text of ['# #1 A title', 'A body', '**open**', headSha, 'Ada', '> Why?', '**passed**'])
      expect(page).toContain(text);
  });

  it('runs checks in a clean clone, keeps the log and leaves nothing behind', async () => {
    const { connect, number, headSha, artifacts, workFolder } = await withPullRequest();
    const { runs } = await connect().checks({ number, headSha }, QUIET);
    const log = runs.find((run) => run.name === 'test')?.log;
    expect(log && Buffer.from(await artifacts.read(log)).toString()).toBe('tested here\n');
    expect(readdirSync(workFolder)).toEqual([]);
  });

  it('records no result for checks that were stopped', async () => {
    const { connect, number, headSha, runner } = await withPullRequest();
    const stop = new AbortController();
    const stopped = connect().checks({ number, headSha }, { signal: stop.signal, onProgress: () => stop.abort() });
    await expect(stopped).rejects.toThrow();
    expect((await connect().checks({ number, headSha }, QUIET)).state).toBe('passed');
    expect(runner.runs()).toContain('test');
  });

  it('takes a fast-forward by hand for a merge, and a branch put back to its start for none', async () => {
    const { connect, number, headSha, repository } = await withPullRequest();
    const start = runGit(repository.remote, 'rev-parse', 'main');
    runGit(repository.remote, 'update-ref', `refs/heads/${BRANCH}`, start);
    expect(await connect().getPullRequest(number)).toMatchObject({ state: 'open', headSha: start });
    runGit(repository.remote, 'update-ref', `refs/heads/${BRANCH}`, headSha);
    runGit(repository.remote, 'update-ref', 'refs/heads/main', headSha);
    expect(await connect().getPullRequest(number)).toMatchObject({ state: 'merged', mergeSha: headSha });
  });

  it('shows a pull request whose branch was deleted as closed, or merged when it was', async () => {
    const { connect, number, headSha, repository } = await withPullRequest();
    runGit(repository.remote, 'update-ref', '-d', `refs/heads/${BRANCH}`);
    expect(await connect().getPullRequest(number)).toMatchObject({ state: 'closed', headSha });
    await expect(connect().reopenPullRequest(number)).rejects.toMatchObject({ code: 'BRANCH_NOT_FOUND' });
    runGit(repository.remote, 'update-ref', 'refs/heads/main', headSha);
    expect(await connect().getPullRequest(number)).toMatchObject({ state: 'merged', mergeSha: headSha });
    await expect(connect().closePullRequest(number)).rejects.toMatchObject({ code: 'PULL_REQUEST_MERGED' });
  });

  it('loses no thread of several that are added at the same time', async () => {
    const { connect, number } = await withPullRequest();
    const add = (line: number) => connect().addThread({ number, author: 'Ada', file: 'a.ts', line, body: 'x' });
    const added = await Promise.all([1, 2, 3, 4, 5, 6].map(add));
    expect(new Set(added.map((thread) => thread.id)).size).toBe(6);
    expect(await connect().listThreads(number)).toHaveLength(6);
  });
});

describe('ensureBareRemote', () => {
  it('makes the remote of a repository once', async () => {
    const { checkout } = testRepository();
    const remote = join(temporaryFolder('remote'), 'deep', 'own remote.git');
    await ensureBareRemote({ remote, repository: checkout, branch: 'main' });
    const first = runGit(remote, 'rev-parse', 'main');
    commitFiles(checkout, { 'a.txt': 'a\n' }, 'later');
    await ensureBareRemote({ remote, repository: checkout, branch: 'main' });
    expect(runGit(remote, 'rev-parse', 'main')).toBe(first);
    expect(existsSync(join(remote, 'HEAD'))).toBe(true);
  });
});
