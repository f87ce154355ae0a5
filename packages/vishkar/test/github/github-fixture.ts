/** A GitHub host before a stand-in, for tests of the adapter; also the people who push, merge, close and comment past it. */
import { join } from 'node:path';
import { temporaryFolder } from '@vishkar/testkit';
import { expect, onTestFinished } from 'vitest';
import { FolderArtifactStore } from '../../src/artifacts/folder-artifact-store.js';
import { projectConfigSchema } from '../../src/config/project-config.js';
import { GithubHost } from '../../src/source-host/github/github-host.js';
import type { SourceHost } from '../../src/source-host/source-host.js';
import type { TestRepository } from '../support/git-repository.js';
import { GithubServer, TOKEN } from './github-server.js';
import { OWNER, REPO } from './github-site.js';
import { pushFiles, repositoryCopy } from './repository-copies.js';

export const ENVIRONMENT = { GITHUB_TOKEN: TOKEN };
export const BRANCH = 'vishkar/DEMO-1-thing';
export const QUIET: Parameters<SourceHost['checks']>[1] = {
  signal: new AbortController().signal,
  onProgress: () => undefined,
};

/** The API of a repository that has no git behind it. Asks at the end that everything on the wire was as GitHub describes it. */
export async function githubApi(remote = 'no repository', root = temporaryFolder('github')) {
  const server = await GithubServer.start(remote);
  onTestFinished(async () => {
    await server.close();
    expect(server.violations).toEqual([]);
  });
  const artifacts = new FolderArtifactStore({ folder: join(root, 'artifacts') });
  /** A new process would know as little. */
  function connect(settings: object = {}, environment: NodeJS.ProcessEnv = ENVIRONMENT): GithubHost {
    const {
      owner = '',
      repo = '',
      ...rest
    } = projectConfigSchema.parse({
      sourceHost: { kind: 'github', owner: OWNER, repo: REPO, baseUrl: server.apiAddress, ...settings },
    }).sourceHost;
    return new GithubHost({ config: { ...rest, owner, repo }, environment, folder: root, artifacts });
  }
  return { root, server, site: server.site, artifacts, connect };
}

export async function githubHost(repository: TestRepository = repositoryCopy()) {
  const push = (branch: string, files: Readonly<Record<string, string>>) =>
    pushFiles(repository.checkout, branch, files);
  return { ...(await githubApi(repository.remote, repository.root)), repository, push };
}

/** With a pull request of BRANCH. */
export async function githubPullRequest(settings: object = {}) {
  const host = await githubHost(repositoryCopy({ name: BRANCH, files: { 'a.txt': 'one\ntwo\n' } }));
  const headSha = host.site.sha(BRANCH) ?? '';
  const request = { branch: BRANCH, baseBranch: 'main', title: 'DEMO-1: thing', body: 'Body', headSha };
  const opened = await host.connect(settings).openPullRequest(request, 'open');
  return { ...host, headSha, request, opened, number: opened.number };
}
