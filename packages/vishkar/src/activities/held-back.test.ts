import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@vishkar/testkit';
import { describe, expect, it } from 'vitest';
import { runGit } from '../../test/support/git-repository.js';
import { activityCall, FIRST_TURN, testProject } from '../../test/support/story-tools.js';
import type { ActivityCall } from './activity-server.js';
import { allowChanges } from './allow-changes.js';
import { executeImplementation } from './execute-implementation.js';
import { selectTask } from './select-task.js';

const CHANGE = 'mkdir -p .github/workflows; echo "on: push" > .github/workflows/ci.yml';

async function story(script: string) {
  const project = await testProject(script);
  const call = (change: Partial<ActivityCall> = {}) => activityCall({ marker: 'run/1/1', ...change });
  const selected = await selectTask(project.tools)({ jira_key: 'DEMO-1', project: '' }, call());
  const { story, branch, baseBranch, baseSha, headSha } = selected;
  const work = { story, branch, baseBranch, baseSha, headSha };
  const turn = (more: object = {}, attempt = 1) =>
    executeImplementation(project.tools)({ ...work, ...FIRST_TURN, ...more }, call({ attempt }));
  const pushed = () =>
    runGit(project.remote, 'log', '--reverse', '--name-only', '--format=', `main..${branch}`).split('\n');
  const worktree = join(project.tools.folders.worktrees, 'DEMO-1');
  return { ...project, work, turn, pushed, worktree, call };
}

describe('what an engine changed of protected paths', () => {
  it('is never pushed before it is allowed, and then exactly that, once', async () => {
    const { turn, pushed, tools, work, call } = await story(`${CHANGE}; echo done > work.txt`);
    const done = await turn();
    expect(done).toMatchObject({ held: [{ path: '.github/workflows/ci.yml', change: 'added' }], files: ['work.txt'] });
    expect(pushed()).toEqual(['work.txt']);
    if (done.heldPatch === undefined) throw new Error('there is no patch');
    const allowed = { ...work, headSha: done.headSha, round: 1, patch: done.heldPatch, paths: ['x'], by: 'Ann\nB' };
    const { headSha } = await allowChanges(tools)(allowed, call());
    expect(await allowChanges(tools)(allowed, call({ attempt: 2 }))).toMatchObject({ headSha });
    expect(pushed()).toEqual(['work.txt', '.github/workflows/ci.yml']);
  });

  it('is told of by an attempt after one that was killed, before its commit or after it', async () => {
    const { turn, worktree, remote, work } = await story(`test -e work.txt || { ${CHANGE}; }; echo done > work.txt`);
    const { heldPatch } = await turn();
    // The commit was there, and nobody heard of it.
    expect(await turn({}, 2)).toMatchObject({ held: [{ path: '.github/workflows/ci.yml' }], heldPatch });
    // It was not there yet: the change is out of the worktree, and the engine does not make it again.
    runGit(worktree, 'reset', '--quiet', '--soft', 'HEAD~1');
    runGit(remote, 'branch', '--quiet', '--delete', '--force', work.branch);
    expect(existsSync(join(worktree, '.github/workflows/ci.yml'))).toBe(false);
    expect(await turn({}, 3)).toMatchObject({ held: [{ path: '.github/workflows/ci.yml' }], heldPatch });
  });

  it('is committed where the project allows it, or except for what it names', async () => {
    const { turn, pushed } = await story(CHANGE);
    const protectedPaths = { also: [], except: ['.github/workflows/ci.yml'], whenChanged: 'ask' as const };
    expect(await turn({ protectedPaths })).toMatchObject({ held: [], outcome: 'edited' });
    expect(pushed()).toEqual(['.github/workflows/ci.yml']);
    const other = await story(CHANGE);
    const allow = { also: [], except: [], whenChanged: 'allow' as const };
    expect(await other.turn({ protectedPaths: allow })).toMatchObject({ held: [], outcome: 'edited' });
  });

  it('leaves no change where there is nothing else', async () => {
    const { turn } = await story(CHANGE);
    expect(await turn()).toMatchObject({ outcome: 'no_change', held: [{ path: '.github/workflows/ci.yml' }] });
  });
});

describe('a question of an engine', () => {
  it('is not read from where a link leads', async () => {
    const outside = temporaryFolder('outside');
    writeFileSync(join(outside, 'key'), 'a-key-of-the-person');
    const { turn } = await story(`ln -s '${outside}/key' .vishkar-question.md; echo done > work.txt`);
    expect(await turn()).toMatchObject({ outcome: 'edited', files: ['work.txt'] });
  });
});
