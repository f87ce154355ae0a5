/**
 * A project runner for tests of who runs checks and when: the project's `build.mjs` and `test.mjs` are really run with
 * node; each run appends a line to a ledger outside the project, so that runs can be counted over crashes.
 */
import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProjectRunner } from '../../src/test-runs/project-commands.js';

export interface ScriptRunner extends ProjectRunner {
  /** Names of the scripts that were run, in order, by all runners with this ledger. */
  readonly runs: () => readonly string[];
}

export function scriptRunner(ledger: string): ScriptRunner {
  function runScript(name: string, worktree: string, outputFolder: string) {
    appendFileSync(ledger, `${name}\n`);
    const { status, stdout } = spawnSync(process.execPath, [`${name}.mjs`], { cwd: worktree, encoding: 'utf8' });
    const logPath = join(outputFolder, `${name}.log`);
    writeFileSync(logPath, stdout);
    return { command: `node ${name}.mjs`, exitCode: status ?? -1, durationMs: 1, timedOut: false, logPath };
  }
  return {
    runs: () => (existsSync(ledger) ? readFileSync(ledger, 'utf8').trim().split('\n') : []),
    commands: async (worktree) =>
      await Promise.resolve(
        existsSync(join(worktree, 'build.mjs'))
          ? [{ name: 'build', argv: ['node', 'build.mjs'], timeoutMs: 60_000 }]
          : [],
      ),
    runCommand: async ({ name }, { worktree, outputFolder }) =>
      await Promise.resolve({ name, ...runScript(name, worktree, outputFolder) }),
    runTests: async ({ worktree, outputFolder }) => {
      const { logPath, ...run } = runScript('test', worktree, outputFolder);
      const failed = run.exitCode === 0 ? 0 : 1;
      return await Promise.resolve({
        report: { runner: 'command', ...run, passed: 1 - failed, failed, skipped: 0, failures: [] },
        files: [{ name: 'log', path: logPath, mediaType: 'text/plain' }],
      });
    },
  };
}
