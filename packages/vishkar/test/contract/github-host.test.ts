/** The GitHub host under the source host contract, before a stand-in that keeps GitHub's own descriptions of its APIs. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { githubHost } from '../github/github-fixture.js';
import { runGit } from '../support/git-repository.js';
import { describeSourceHost } from './source-host-contract.js';

describeSourceHost('GithubHost', async () => {
  const { repository, server, site, connect, push } = await githubHost();
  const { checkout, root } = repository;
  let testRuns = 0;
  /** A workflow of GitHub Actions: build and test of the pushed commit, each as a check. */
  site.runChecks = (sha) =>
    ['build', 'test'].map((name) => {
      if (name === 'test') testRuns += 1;
      const script = join(root, `${name}.mjs`);
      writeFileSync(script, site.git('show', `${sha}:${name}.mjs`));
      try {
        return { name, log: execFileSync(process.execPath, [script], { encoding: 'utf8' }) };
      } catch {
        return { name, conclusion: 'failure', log: 'it failed' };
      }
    });
  return {
    connect,
    push: async (branch, files) => await Promise.resolve(push(branch, files)),
    mergeByHand: async (branch) => {
      runGit(checkout, 'switch', '--quiet', 'main');
      runGit(checkout, 'merge', '--quiet', '--no-ff', '--message', 'by hand', branch);
      runGit(checkout, 'push', '--quiet', 'origin', 'main');
      return await Promise.resolve(runGit(checkout, 'rev-parse', 'HEAD'));
    },
    closeByHand: async (number) => {
      await Promise.resolve((site.require(number).isOpen = false));
    },
    reopenByHand: async (number) => {
      await Promise.resolve((site.require(number).isOpen = true));
    },
    commentByHand: async (number, path, line, body) => {
      const comments = [{ id: site.nextId(), author: 'ada', body, isPending: false }];
      const thread = {
        id: `PRRT_${String(site.nextId())}`,
        path,
        line,
        originalLine: line,
        isResolved: false,
        comments,
      };
      await Promise.resolve(site.require(number).threads.push(thread));
    },
    history: async () =>
      await Promise.resolve(runGit(server.site.remote, 'log', '--first-parent', '--format=%H %P', 'main').split('\n')),
    testRuns: () => testRuns,
  };
});
