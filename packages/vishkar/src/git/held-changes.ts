/**
 * Changes of protected paths that an engine left: taken out of its worktree before anything is committed, and kept as a patch, which is
 * what a person reads and, when they allow it, exactly what is committed. Compared is the index with the head that the turn began at, so
 * that nothing depends on commits, renames, links or ignore rules of the engine's.
 */
import { posix } from 'node:path';
import type { HeldChange } from '../domain/protected-paths.js';
import { VishkarError } from '../errors.js';
import { git } from './git-command.js';
import { restorePaths } from './guarded-files.js';
import { removeInWorktree } from './worktree-content.js';

export interface HeldPatch extends HeldChange {
  /** For `git apply`; binary files included. */
  readonly patch: string;
}

const SUBMODULE = '160000';
const LINK = '120000';

export interface ProtectedChanges {
  /** In the order of their paths. */
  readonly held: readonly HeldPatch[];
  /** Protected paths that are ignored: no commit would ever show them. */
  readonly ignored: readonly string[];
}

/** What the worktree has of them, compared with the commit `head`. Stages everything. */
export async function findProtectedChanges(
  worktree: string,
  head: string,
  isProtected: (path: string) => boolean,
): Promise<ProtectedChanges> {
  await git(['add', '--all', '--', '.'], { cwd: worktree });
  const linked = await linkTargets(worktree, head, isProtected);
  const isLinked = (path: string) => linked.some((target) => path === target || path.startsWith(`${target}/`));
  const held: HeldPatch[] = [];
  for (const { path, change, isSubmodule } of await stagedChanges(worktree, head))
    if (isSubmodule || isProtected(path) || isLinked(path))
      held.push({ path, change, patch: await patchOf(worktree, head, path) });
  const ignored = (await ignoredEntries(worktree)).filter((path) => isProtected(path.replace(/\/$/, '')));
  return { held, ignored };
}

/** Takes them out of worktree and index. */
export async function dropProtectedChanges(
  worktree: string,
  head: string,
  { held, ignored }: ProtectedChanges,
): Promise<void> {
  for (const path of ignored) await removeInWorktree(worktree, path);
  await restorePaths(
    worktree,
    head,
    held.map(({ path }) => path),
  );
}

/**
 * Puts such patches, in the order of their paths, into worktree and index, which are at the commit `head`. Throws VishkarError
 * `HELD_CHANGE_DIFFERS` where that would bring in anything else than what they show (a text that is not UTF-8), `GIT_FAILED` where they do not fit.
 */
export async function applyHeldPatch(worktree: string, head: string, patch: string): Promise<void> {
  await git(['apply', '--index', '--binary', '--whitespace=nowarn', '-'], { cwd: worktree, input: patch });
  const came: string[] = [];
  for (const { path } of (await stagedChanges(worktree, head)).toSorted(byPath))
    came.push(await patchOf(worktree, head, path));
  if (came.join('') === patch) return;
  throw new VishkarError(
    'HELD_CHANGE_DIFFERS',
    'What was held back of protected paths can not be brought in as it was.',
    {
      hint: 'Push the change to the story branch by hand, or answer "abandon".',
    },
  );
}

/** An order that is the same everywhere. */
export function byPath(a: { readonly path: string }, b: { readonly path: string }): number {
  return a.path < b.path ? -1 : 1;
}

interface StagedChange extends HeldChange {
  /** A submodule that was there is another now; new ones are never committed. */
  readonly isSubmodule: boolean;
}

async function stagedChanges(worktree: string, head: string): Promise<readonly StagedChange[]> {
  const args = [
    'diff',
    '--cached',
    '--raw',
    '-z',
    '--no-renames',
    '--no-abbrev',
    '--no-ext-diff',
    '--ignore-submodules=none',
  ];
  const fields = (await git([...args, head, '--'], { cwd: worktree })).stdout.split('\0');
  const changes: StagedChange[] = [];
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const [before = '', after = '', , , letter = ''] = (fields[index] ?? '').slice(1).split(' ');
    const path = fields[index + 1] ?? '';
    // The commit leaves it out.
    if (letter === 'A' && after === SUBMODULE) continue;
    const change = letter === 'A' ? 'added' : letter === 'D' ? 'deleted' : 'modified';
    changes.push({ path, change, isSubmodule: before === SUBMODULE || after === SUBMODULE });
  }
  return changes;
}

async function patchOf(worktree: string, head: string, path: string): Promise<string> {
  const plain = [
    '--no-color',
    '--no-ext-diff',
    '--no-textconv',
    '--no-renames',
    '--ignore-submodules=none',
    '--submodule=short',
  ];
  const form = ['-p', '--binary', '--full-index', '--src-prefix=a/', '--dst-prefix=b/'];
  const { stdout } = await git(['--literal-pathspecs', 'diff', '--cached', ...plain, ...form, head, '--', path], {
    cwd: worktree,
  });
  return stdout;
}

/** Where protected files that are links lead to inside of the repository: whoever changes that changes them. */
async function linkTargets(
  worktree: string,
  head: string,
  isProtected: (path: string) => boolean,
): Promise<readonly string[]> {
  const { stdout } = await git(['ls-tree', '-r', '-z', '--full-tree', head], { cwd: worktree });
  const targets: string[] = [];
  for (const entry of stdout.split('\0')) {
    const [, mode = '', sha = '', path = ''] = /^(\d+) blob ([0-9a-f]+)\t([^]*)$/.exec(entry) ?? [];
    if (mode !== LINK || !isProtected(path)) continue;
    const { stdout: target } = await git(['cat-file', 'blob', sha], { cwd: worktree });
    targets.push(posix.normalize(posix.join(posix.dirname(path), target)).replace(/\/$/, ''));
  }
  return targets.filter((target) => target !== '.' && !target.startsWith('..') && !target.startsWith('/'));
}

/** A folder of which nothing is tracked stands as one entry, with a slash at its end. */
async function ignoredEntries(worktree: string): Promise<readonly string[]> {
  const list = ['ls-files', '--others', '--ignored', '--exclude-standard', '--directory', '-z'];
  return (await git(list, { cwd: worktree })).stdout.split('\0').filter((path) => path !== '');
}
