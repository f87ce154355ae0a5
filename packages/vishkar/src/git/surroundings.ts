/**
 * What lies around a story's worktree and is not the story's: git's settings and hooks, which all worktrees of a repository
 * share and which git runs for the person, and the person's own checkout. An engine is not kept from them by anything but
 * its instructions, so a change while it worked is said out loud; it may have been the person's own.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { git, gitText } from './git-command.js';

export interface Surroundings {
  /** Digest of the shared configuration. */
  readonly settings: string;
  /** Digest of all hooks that are not samples. */
  readonly hooks: string;
  /** HEAD and the state of every file of the person's checkout that differs from it. */
  readonly checkout: string;
}

/** The backlog is written by us, also for other stories, while an engine works. */
const NOT_OURS = ['--', '.', ':(exclude).vishkar'];

/** Looks at the repository of which `checkout` is the main checkout. */
export async function lookAround(checkout: string): Promise<Surroundings> {
  const folder = await gitText(['rev-parse', '--path-format=absolute', '--git-common-dir'], { cwd: checkout });
  const hooks = (await readdir(join(folder, 'hooks')).catch(() => []))
    .filter((name) => !name.endsWith('.sample'))
    .sort();
  const head = await gitText(['rev-parse', 'HEAD', '--symbolic-full-name', 'HEAD'], { cwd: checkout });
  const { stdout: status } = await git(['status', '--porcelain', '-z', '--untracked-files=all', ...NOT_OURS], {
    cwd: checkout,
  });
  const { stdout: changes } = await git(['diff', '--no-ext-diff', '--no-textconv', 'HEAD', ...NOT_OURS], {
    cwd: checkout,
  });
  return {
    settings: await digestOf([join(folder, 'config'), join(folder, 'config.worktree')]),
    hooks: `${hooks.join()} ${await digestOf(hooks.map((name) => join(folder, 'hooks', name)))}`,
    checkout: sha256([head, status, changes].join('\0')),
  };
}

/** One sentence for each thing that is another now. */
export function changesAround(before: Surroundings, after: Surroundings): readonly string[] {
  const told = 'while the engine worked; if that was not you, look at it before you go on';
  return [
    ...(before.settings === after.settings ? [] : [`the git configuration of the repository changed ${told}`]),
    ...(before.hooks === after.hooks ? [] : [`the git hooks of the repository changed ${told}`]),
    ...(before.checkout === after.checkout ? [] : [`files or branch of your own checkout changed ${told}`]),
  ];
}

async function digestOf(paths: readonly string[]): Promise<string> {
  const contents = await Promise.all(paths.map((path) => readFile(path, 'utf8').catch(() => '')));
  return sha256(contents.join('\0'));
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
