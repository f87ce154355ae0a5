import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commitFiles, runGit } from '../../test/support/git-repository.js';
import { activityCall, testProject } from '../../test/support/story-tools.js';
import type { TestProject } from '../../test/support/story-tools.js';
import { pushBranch } from '../git/checkpoint.js';
import { selectTask } from './select-task.js';
import { openWorktree } from './story-worktree.js';

const signal = new AbortController().signal;

/** A story whose branch has a commit of ours, pushed. */
async function pushedStory(project: TestProject) {
  const { tools, remote } = project;
  const work = await selectTask(tools)({ jira_key: 'DEMO-1', project: '' }, activityCall());
  const { story, branch, baseBranch, baseSha } = work;
  const worktree = await openWorktree(tools, work, signal);
  const ours = commitFiles(worktree, { 'ours.txt': 'ours\n' }, 'ours');
  await pushBranch({ worktree, remote, branch });
  return { worktree, ours, work: { story, branch, baseBranch, baseSha, headSha: ours } };
}

/** A person replaces the pushed branch by a commit of their own. */
function forcePush({ root, remote }: TestProject, branch: string): string {
  const clone = join(root, 'clone');
  runGit(root, 'clone', '--quiet', remote, clone);
  const rewritten = commitFiles(clone, { 'theirs.txt': 'theirs\n' }, 'theirs');
  runGit(clone, 'push', '--quiet', '--force', 'origin', `HEAD:refs/heads/${branch}`);
  return rewritten;
}

describe('openWorktree', () => {
  it('follows a branch that a person rewrote once the story has taken its head, and keeps what it replaced', async () => {
    const project = await testProject();
    const { worktree, ours, work } = await pushedStory(project);
    const headSha = forcePush(project, work.branch);
    expect(await openWorktree(project.tools, { ...work, headSha }, signal)).toBe(worktree);
    expect(runGit(worktree, 'rev-parse', 'HEAD', work.branch).split('\n')).toEqual([headSha, headSha]);
    expect(existsSync(join(worktree, 'ours.txt'))).toBe(false);
    expect(runGit(worktree, 'rev-parse', `refs/vishkar/replaced/DEMO-1/${ours}`)).toBe(ours);
  });

  it('does not follow a rewritten branch that the story has not taken, and says where both stand', async () => {
    const project = await testProject();
    const { worktree, ours, work } = await pushedStory(project);
    forcePush(project, work.branch);
    expect(await openWorktree(project.tools, work, signal)).toBe(worktree);
    expect(runGit(worktree, 'rev-parse', 'HEAD')).toBe(ours);
    const foreign = runGit(worktree, 'commit-tree', '-m', 'unrelated', 'HEAD^{tree}');
    await expect(openWorktree(project.tools, { ...work, headSha: foreign }, signal)).rejects.toMatchObject({
      code: 'BRANCH_REWRITTEN',
      message: expect.stringContaining(ours),
    });
  });
});
