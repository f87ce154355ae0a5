/** Fetches a suite's sources for a run, into a folder that git ignores. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root, say } from '../../../../scripts/run-command.mjs';

export const cacheFolder = (name) => join(root, '.cache/conformance', name);

/**
 * A shallow clone of a repository, made once. Undefined, after a sentence on stderr, when it cannot be had.
 * `source` is an URL or a path; `ref` a branch or tag, absent for the newest.
 */
export function cloneOnce(name, source, ref) {
  const folder = cacheFolder(`${name}-source`);
  if (existsSync(join(folder, '.git'))) return folder;
  mkdirSync(folder, { recursive: true });
  const isLocal = existsSync(source);
  const args = ['clone', '--quiet', ...(isLocal ? ['--shared'] : ['--depth', '1']), ...(ref ? ['--branch', ref] : [])];
  const { status, stderr } = spawnSync('git', [...args, source, folder], { encoding: 'utf8' });
  if (status === 0) return folder;
  rmSync(folder, { recursive: true, force: true });
  say(`${name}: ${source} could not be cloned: ${stderr.trim()}`);
  return undefined;
}
