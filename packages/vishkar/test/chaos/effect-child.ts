/**
 * Runs one effect and is killed with SIGKILL at a named point inside it: `node effect-child.ts <effect> <point> <world>`.
 *
 *   fs:<function>:before|after     around the n-th call of a function of node:fs/promises (`fs:link:before`)
 *   git:<verb>:spawned             right after git was started; that git goes on as an orphan
 *   git:<verb>:killed              git is killed too, and leaves its lock files
 *   debug:<name>                   a debug point of the code under test
 *   done                           after the effect, before anybody was told
 */
import childProcess from 'node:child_process';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import type { EffectName, World } from './effects.js';

const [name, point, world] = process.argv.slice(2) as [EffectName, string, string];
const [kind, what, when] = point.split(':') as [string, string, string];

function die(): never {
  process.kill(process.pid, 'SIGKILL');
  throw new Error('unreachable');
}

if (kind === 'fs') {
  const functions = fs.promises as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
  const original = functions[what];
  if (original === undefined) throw new Error(`there is no fs.promises.${what}`);
  functions[what] = async (...args) => {
    if (when === 'before') die();
    await original(...args);
    die();
  };
}
if (kind === 'git') {
  const original = childProcess.spawn as (...args: unknown[]) => childProcess.ChildProcess;
  const patched = (command: string, args: readonly string[], options: object) => {
    const child = original(command, args, options);
    if (command === 'git' && args.includes(what)) {
      if (when === 'killed' && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      die();
    }
    return child;
  };
  childProcess.spawn = patched as typeof childProcess.spawn;
}
syncBuiltinESMExports();

// Loaded after the patches, so that every module of the code under test sees them.
const { EFFECTS } = await import('./effects.js');
await EFFECTS[name](JSON.parse(world) as World, (reached) => {
  if (kind === 'debug' && reached === what) die();
});
if (kind === 'done') die();
throw new Error(`"${name}" never came by "${point}"`);
