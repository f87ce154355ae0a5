/** A planted change as analyzers are given it, from memory: the diff is git's own, the worktree a folder with the one file. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { git } from '../../../src/git/git-command.js';
import { parseDiff } from '../../../src/git/parse-diff.js';
import type { ReviewMaterial } from '../../../src/review/review-material.js';
import type { PlantedChange } from './labelled-set.js';

export async function withMaterial<T>(
  planted: PlantedChange,
  look: (material: ReviewMaterial) => Promise<T>,
): Promise<T> {
  const root = mkdtempSync(join(tmpdir(), 'vishkar-bench-review-'));
  try {
    return await look(await materialOf(root, planted));
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

async function materialOf(root: string, { file, base, change }: PlantedChange): Promise<ReviewMaterial> {
  for (const [side, text] of [
    ['a', base],
    ['b', change],
  ] as const) {
    mkdirSync(dirname(join(root, side, file)), { recursive: true });
    if (text !== undefined) writeFileSync(join(root, side, file), text);
  }
  const { stdout } = await git(['diff', '--no-index', '--no-prefix', 'a', 'b'], {
    cwd: root,
    acceptedExitCodes: [0, 1],
  });
  const [found] = parseDiff(stdout);
  if (found === undefined) throw new Error(`${file} does not change`);
  const diff = { ...found, path: file };
  const texts = new Map([[file, change]]);
  return {
    ...{ worktree: join(root, 'b'), baseSha: 'base', headSha: 'head' },
    files: [{ path: file, text: change, diff }],
    read: (path) => Promise.resolve(texts.get(path)),
    readAll: (paths) => Promise.resolve(new Map([...texts].filter(([path]) => paths.includes(path)))),
    readBase: () => Promise.resolve(base),
    paths: () => Promise.resolve([file]),
    basePaths: () => Promise.resolve(base === undefined ? [] : [file]),
    readAtBase: (path) => Promise.resolve(path === file ? base : undefined),
  };
}
