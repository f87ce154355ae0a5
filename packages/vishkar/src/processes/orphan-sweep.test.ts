import { fileURLToPath } from 'node:url';
import { isProcessAlive, startChild, temporaryFolder } from '@vishkar/testkit';
import { describe, expect, it } from 'vitest';
import { sweepOrphans } from './orphan-sweep.js';

const node = process.execPath;

/** Starts a grandchild in a session of its own that prints its pid and waits for ever. */
const escapee = `
  const child = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'],
    { detached: true, stdio: 'ignore' });
  console.log('escaped ' + child.pid + '.');
  child.unref();`;

describe.runIf(process.platform === 'linux')('sweepOrphans', () => {
  /** A worker of ours that runs an engine with an escaped grandchild, and is SIGKILLed while it does. */
  async function killedWorker(worktree: string, env = 'process.env', program = [node, '-e']) {
    const runner = fileURLToPath(new URL('../../dist/processes/process-runner.js', import.meta.url));
    const engine = `${escapee} console.log('engine ' + process.pid + '.'); process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)`;
    const code = `
      const { runProcess } = await import(${JSON.stringify(runner)});
      await runProcess({ argv: ${JSON.stringify([...program, engine])}, cwd: ${JSON.stringify(worktree)},
        env: ${env}, timeoutMs: 600000, signal: new AbortController().signal, onOutput: (text) => process.stdout.write(text) });`;
    const worker = startChild(node, ['--input-type=module', '-e', code]);
    const pids = (await worker.waitForOutput(/escaped (\d+)\.\s+engine (\d+)\./)).slice(1).map(Number);
    return { worker, pids };
  }

  it('ends the engine of a SIGKILLed worker, and its grandchild in another session, before the next attempt', async () => {
    const worktree = temporaryFolder('worktree');
    const { worker, pids } = await killedWorker(worktree);
    worker.kill('SIGKILL');
    await worker.exited;
    expect(pids.map(isProcessAlive)).toEqual([true, true]);
    expect(await sweepOrphans(worktree)).toEqual(expect.arrayContaining(pids));
    expect(pids.map(isProcessAlive)).toEqual([false, false]);
    expect(await sweepOrphans(worktree)).toEqual([]);
  });

  it('leaves a run alone while its worker lives, unless the caller must be alone in the folder', async () => {
    const worktree = temporaryFolder('worktree');
    const { worker, pids } = await killedWorker(worktree);
    expect(await sweepOrphans(worktree)).toEqual([]);
    expect(await sweepOrphans(temporaryFolder('other'), { exclusive: true })).toEqual([]);
    expect(pids.map(isProcessAlive)).toEqual([true, true]);
    expect(await sweepOrphans(worktree, { exclusive: true })).toEqual(expect.arrayContaining(pids));
    expect(pids.map(isProcessAlive)).toEqual([false, false]);
    await worker.exited;
  });

  it('finds a group whose members dropped their environment by its stamp file', async () => {
    const worktree = temporaryFolder('worktree');
    const { worker, pids } = await killedWorker(worktree, '{ PATH: process.env.PATH }', ['env', '-i', node, '-e']);
    worker.kill('SIGKILL');
    await worker.exited;
    const engine = pids[1] ?? 0;
    expect(isProcessAlive(engine)).toBe(true);
    // Its child is in a session and an environment of its own, but still a descendant.
    expect(await sweepOrphans(worktree)).toEqual(expect.arrayContaining(pids));
    expect(pids.map(isProcessAlive)).toEqual([false, false]);
  });
});
