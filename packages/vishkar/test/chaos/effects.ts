/**
 * The effects whose once-only nature is tested by killing: each is a function of a world in a folder, run by a child that
 * is killed somewhere inside, then again by the test. What they return is the id of the one effect.
 */
import { join } from 'node:path';
import { FolderArtifactStore } from '../../src/artifacts/folder-artifact-store.js';
import { commitAll, pushBranch } from '../../src/git/checkpoint.js';
import { prepareWorktree } from '../../src/git/worktree.js';
import { MarkdownBacklog } from '../../src/issue-tracker/markdown-backlog/markdown-backlog.js';
import { FileNotifier } from '../../src/notifications/file-notifier.js';
import { LocalGitHost } from '../../src/source-host/local-git/local-git-host.js';
import { scriptRunner } from '../support/script-runner.js';

/** Paths of one test's world, and what to call at named debug points. */
export interface World {
  readonly root: string;
  readonly checkout: string;
  readonly remote: string;
  readonly worktrees: string;
}

export const TRAILERS = { 'Vishkar-Story': 'DEMO-1', 'Vishkar-Step': 'implement', 'Vishkar-Round': '1' };
export const BRANCH = 'vishkar/DEMO-1';
export const STORY = {
  title: 'A story',
  description: 'Text.',
  acceptanceCriteria: ['Works'],
  priority: 'high',
} as const;

export function hostOf(world: World, debugPoint: (name: string) => void = () => undefined): LocalGitHost {
  const runner = scriptRunner(join(world.root, 'runs.txt'));
  const artifacts = new FolderArtifactStore({ folder: join(world.root, 'artifacts') });
  return new LocalGitHost({
    remote: world.remote,
    checks: { runner, artifacts, workFolder: join(world.root, 'checks') },
    debugPoint,
  });
}

async function prepare(world: World) {
  return await prepareWorktree({
    repository: world.checkout,
    worktreesFolder: world.worktrees,
    storyKey: 'DEMO-1',
    branch: BRANCH,
    baseBranch: 'main',
    remote: 'origin',
  });
}

type Effect = (world: World, debugPoint: (name: string) => void) => Promise<string>;

export const EFFECTS = {
  'file a story': async ({ checkout }) =>
    (await new MarkdownBacklog({ repository: checkout }).create(STORY, 'create')).key,
  'comment on a story': async ({ checkout }) =>
    (await new MarkdownBacklog({ repository: checkout }).comment('DEMO-1', 'Claimed.', 'claim')).id,
  'move a story': async ({ checkout }) =>
    (await new MarkdownBacklog({ repository: checkout }).transition('DEMO-1', 'in_progress')).id,
  'notify a person': async ({ root }) =>
    (
      await new FileNotifier({ path: join(root, 'outbox.jsonl') }).send(
        { storyKey: 'DEMO-1', title: 'T', body: 'B' },
        'm',
      )
    ).marker,
  'store an artifact': async ({ root }) =>
    (await new FolderArtifactStore({ folder: join(root, 'artifacts') }).put('log', 'bytes', 'text/plain')).sha256,
  'prepare the worktree': async (world) => (await prepare(world)).branch,
  'commit and push': async (world) => {
    const { worktree, baseSha } = await prepare(world);
    const sha = await commitAll(worktree, { message: 'work', trailers: TRAILERS, branch: BRANCH, parent: baseSha });
    await pushBranch({ worktree, remote: 'origin', branch: BRANCH });
    return sha ?? 'nothing';
  },
  'open a pull request': async (world) => {
    const request = { branch: 'feature', baseBranch: 'main', title: 'T', body: 'B', headSha: 'unused' };
    return String((await hostOf(world).openPullRequest(request, 'open')).number);
  },
  'review a pull request': async (world) => {
    const comments = [{ file: 'a.ts', line: 1, body: 'Why?', marker: 'finding' }];
    const review = { number: 1, headSha: 'abc', verdict: 'comment' as const, body: 'See.', comments };
    return (await hostOf(world).submitReview(review, 'review')).id;
  },
  'check a pull request': async (world) => {
    const { headSha } = await hostOf(world).getPullRequest(1);
    const quiet = { signal: new AbortController().signal, onProgress: () => undefined };
    return (await hostOf(world).checks({ number: 1, headSha }, quiet)).state;
  },
  'merge a pull request': async (world, debugPoint) => {
    const host = hostOf(world, debugPoint);
    // As the workflow does: the approved head is known from before.
    const { headSha } = await host.getPullRequest(1);
    return (await host.merge({ number: 1, headSha, message: 'merged' }, 'merge')).mergeSha;
  },
} as const satisfies Readonly<Record<string, Effect>>;

export type EffectName = keyof typeof EFFECTS;
