/**
 * Kill anywhere, one effect: for each effect and each point inside it, a child is killed there with SIGKILL; then the
 * effect is asked for again, twice, and the world is counted.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTemporaryFolder, startChild } from '@vishkar/testkit';
import { afterAll, describe, expect, it } from 'vitest';
import { FolderArtifactStore } from '../../src/artifacts/folder-artifact-store.js';
import { listWorktrees } from '../../src/git/worktree-list.js';
import { prepareWorktree } from '../../src/git/worktree.js';
import { MarkdownBacklog } from '../../src/issue-tracker/markdown-backlog/markdown-backlog.js';
import { commitFiles, runGit, testRepository, writeFiles } from '../support/git-repository.js';
import { BRANCH, EFFECTS, hostOf } from './effects.js';
import type { EffectName, World } from './effects.js';

const PUBLISH = ['fs:link:before', 'fs:link:after', 'done'];
const REPLACE = ['fs:rename:before', 'fs:rename:after', 'done'];

/** Where each effect is killed. */
const POINTS: Readonly<Record<EffectName, readonly string[]>> = {
  'file a story': PUBLISH,
  'comment on a story': REPLACE,
  'move a story': REPLACE,
  'notify a person': ['fs:open:before', 'done'],
  'store an artifact': REPLACE,
  'prepare the worktree': ['git:fetch:spawned', 'git:branch:spawned', 'git:worktree:killed', 'done'].concat([
    'git:worktree:spawned',
    'git:merge-base:spawned',
  ]),
  'commit and push': ['git:add:spawned', 'git:add:killed', 'git:commit-tree:spawned', 'git:update-ref:spawned'].concat([
    'git:update-ref:killed',
    'git:push:spawned',
    'git:push:killed',
    'done',
  ]),
  'open a pull request': PUBLISH,
  'review a pull request': PUBLISH,
  'check a pull request': [...PUBLISH, 'git:clone:killed', 'git:checkout:spawned'],
  'merge a pull request': ['git:commit-tree:spawned', 'git:update-ref:spawned', 'debug:merge-made', ...PUBLISH],
};

/** What is there before the effect: a story, a pull request or a worktree with work in it. */
async function makeWorld(effect: EffectName): Promise<World> {
  const world = testRepository();
  const { checkout } = world;
  if (effect === 'comment on a story' || effect === 'move a story') {
    await new MarkdownBacklog({ repository: checkout, keyPrefix: 'DEMO' }).create(
      { title: 'A story', description: 'Text.', acceptanceCriteria: [], priority: 'high' },
      'made by the test',
    );
  }
  if (effect.endsWith('pull request')) {
    runGit(checkout, 'switch', '--quiet', '--create', 'feature');
    commitFiles(checkout, { 'test.mjs': 'console.log("tested")\n' }, 'feature');
    runGit(checkout, 'push', '--quiet', 'origin', 'feature');
    if (effect !== 'open a pull request') await EFFECTS['open a pull request'](world);
  }
  if (effect === 'commit and push') {
    const request = { repository: checkout, worktreesFolder: world.worktrees, storyKey: 'DEMO-1' };
    const { worktree } = await prepareWorktree({ ...request, branch: BRANCH, baseBranch: 'main', remote: 'origin' });
    writeFiles(worktree, { 'work.ts': 'export {};\n' });
  }
  return world;
}

/** How many times the effect is in the world. */
async function count(effect: EffectName, world: World): Promise<number> {
  const backlog = join(world.checkout, '.vishkar', 'backlog');
  const record = async () => {
    const folder = join(world.remote, 'vishkar', 'pull-requests', '1');
    const last =
      readdirSync(folder)
        .filter((name) => name.endsWith('.json'))
        .sort()
        .at(-1) ?? '';
    return await Promise.resolve(JSON.parse(readFileSync(join(folder, last), 'utf8')) as Record<string, unknown[]>);
  };
  switch (effect) {
    case 'file a story':
      return (await new MarkdownBacklog({ repository: world.checkout }).list()).length;
    case 'comment on a story':
      return readFileSync(join(backlog, 'DEMO-1.md'), 'utf8').split('Claimed.').length - 1;
    case 'move a story':
      return readFileSync(join(backlog, 'DEMO-1.md'), 'utf8').split('status: in_progress').length - 1;
    case 'notify a person':
      return readFileSync(join(world.root, 'outbox.jsonl'), 'utf8').trimEnd().split('\n').length;
    case 'store an artifact': {
      const store = new FolderArtifactStore({ folder: join(world.root, 'artifacts') });
      const ref = await store.put('log', 'bytes', 'text/plain');
      return (await store.read(ref)).byteLength === ref.bytes ? 1 : 0;
    }
    case 'prepare the worktree': {
      const entries = (await listWorktrees(world.checkout)).filter((entry) => !entry.isMain);
      expect(entries).toMatchObject([{ branch: BRANCH, lockReason: undefined, isMissing: false }]);
      expect(runGit(join(world.worktrees, 'DEMO-1'), 'status', '--porcelain')).toBe('');
      return entries.length;
    }
    case 'commit and push':
      return runGit(world.remote, 'rev-list', `main..${BRANCH}`).split('\n').length;
    case 'open a pull request':
      return (await hostOf(world).listPullRequests()).length;
    case 'review a pull request':
      expect((await record())['threads']).toHaveLength(1);
      return (await record())['reviews']?.length ?? 0;
    case 'check a pull request':
      expect(readdirSync(join(world.root, 'checks'))).toEqual([]);
      return (await record())['checks']?.length ?? 0;
    case 'merge a pull request':
      return runGit(world.remote, 'rev-list', '--merges', 'main').split('\n').length;
  }
}

const LOADER = new URL('../support/typescript-loader.mjs', import.meta.url).href;
const CHILD = fileURLToPath(new URL('effect-child.ts', import.meta.url));

const cache = createTemporaryFolder('compiled');
afterAll(cache.remove);

describe('an effect that was killed', () => {
  for (const effect of Object.keys(POINTS) as EffectName[]) {
    it.each(POINTS[effect])(`is there once after a retry: ${effect}, killed at %s`, async (point) => {
      const world = await makeWorld(effect);
      const args = ['--import', LOADER, CHILD, effect, point, JSON.stringify(world)];
      const child = startChild(process.execPath, args, { env: { ...process.env, TYPESCRIPT_CACHE: cache.path } });
      const { signal } = await child.exited;
      expect(signal, child.stderr).toBe('SIGKILL');

      const ids = [await EFFECTS[effect](world, () => undefined), await EFFECTS[effect](world, () => undefined)];

      expect(ids[1]).toBe(ids[0]);
      expect(await count(effect, world)).toBe(1);
      expect(existsSync(world.checkout)).toBe(true);
    });
  }
});
