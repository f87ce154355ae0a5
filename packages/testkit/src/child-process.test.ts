import { describe, expect, it } from 'vitest';
import { startChild } from './child-process.js';
import { waitUntil } from './wait-until.js';

const runNode = (script: string, input?: string) =>
  startChild(process.execPath, ['-e', script], input === undefined ? {} : { input });

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('startChild', () => {
  it('collects both outputs and the exit code', async () => {
    const child = runNode('console.log("to stdout"); console.error("to stderr"); process.exitCode = 3');
    expect(await child.exited).toEqual({ code: 3, signal: null });
    expect(child.stdout).toBe('to stdout\n');
    expect(child.stderr).toBe('to stderr\n');
  });

  it('hands over the input and closes it', async () => {
    const child = runNode('process.stdin.pipe(process.stdout)', 'a line');
    await child.exited;
    expect(child.stdout).toBe('a line');
  });

  it('waits for a line of output and returns the match', async () => {
    const child = runNode('console.log("listening on 7233"); setInterval(() => {}, 1000)');
    expect((await child.waitForOutput(/listening on (\d+)/))[1]).toBe('7233');
    expect(await child.stop()).toEqual({ code: null, signal: 'SIGTERM' });
  });

  it('says how the child ended, with its output, when it never printed what was waited for', async () => {
    const child = runNode('console.error("address in use"); process.exit(1)');
    await expect(child.waitForOutput(/listening/)).rejects.toThrow(/ended \(code 1.*\) before[^]*address in use/);
  });

  it('says so when the program does not exist', async () => {
    const child = startChild('/nowhere/program');
    await expect(child.exited).rejects.toThrow('Cannot start /nowhere/program');
    await expect(child.waitForOutput(/x/)).rejects.toThrow('Cannot start /nowhere/program');
  });

  it('kills what the child started together with the child', async () => {
    const child = runNode(`
      const grandchild = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
      console.log('grandchild ' + grandchild.pid);
      setInterval(() => {}, 1000);`);
    const grandchild = Number((await child.waitForOutput(/grandchild (\d+)/))[1]);
    expect(isAlive(grandchild)).toBe(true);
    child.kill();
    expect(await child.exited).toEqual({ code: null, signal: 'SIGKILL' });
    await waitUntil(() => !isAlive(grandchild), { what: 'the grandchild to be gone' });
  });

  it('kills a child that ignores SIGTERM after the grace period', async () => {
    const child = runNode('process.on("SIGTERM", () => {}); console.log("up"); setInterval(() => {}, 1000)');
    await child.waitForOutput(/up/);
    expect(await child.stop(50)).toEqual({ code: null, signal: 'SIGKILL' });
  });
});
