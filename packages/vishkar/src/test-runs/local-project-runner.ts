/**
 * Runs a project's own commands and tests on this host, as argv in the story's worktree, without changing the project:
 * reports go to the output folder. Verdicts come from exit codes and reports (see `judge-run.ts`), never from prose.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { runProcess } from '../processes/process-runner.js';
import type { ProcessResult } from '../processes/process-runner.js';
import { withCommandEnvironment } from './command-environment.js';
import type { CommandsConfig } from './commands-config.js';
import { detectCommands, detectTests } from './detect-project.js';
import { isWorthARerun, mergeRerun } from './flaky-tests.js';
import type { ProjectCommand, ProjectRunner, RunOptions, TestRun, TestRunOptions } from './project-commands.js';
import { runSuite } from './test-suite-run.js';
import type { RunInProject } from './test-suite-run.js';
import { shellWord } from './test-script.js';

export class LocalProjectRunner implements ProjectRunner {
  readonly #config: CommandsConfig;

  constructor(options: { readonly commands?: CommandsConfig } = {}) {
    this.#config = options.commands ?? {};
  }

  commands(worktree: string): Promise<readonly ProjectCommand[]> {
    return detectCommands(worktree, this.#config);
  }

  /** Throws VishkarError `PROCESS_NOT_STARTED` when the program does not exist. */
  async runCommand(command: ProjectCommand, options: RunOptions) {
    const { staysUpForMs, argv } = command;
    const timeoutMs = Math.min(command.timeoutMs, staysUpForMs ?? Infinity);
    const { logPath, result } = await this.#run(command.name, { argv, timeoutMs }, options);
    const isStillUp = staysUpForMs !== undefined && result.timedOut;
    if (isStillUp) options.onProgress(`still up after ${String(staysUpForMs / 1000)} s, stopped`);
    return {
      name: command.name,
      command: argv.map(shellWord).join(' '),
      exitCode: isStillUp ? 0 : result.timedOut ? -1 : result.exitCode,
      durationMs: result.durationMs,
      timedOut: result.timedOut && !isStillUp,
      logPath,
    };
  }

  async runTests(options: TestRunOptions): Promise<Required<TestRun>> {
    const { worktree, diff, reruns = 0 } = options;
    const detected = await detectTests(worktree, this.#config);
    const tests = { ...detected, timeoutMs: options.timeoutMs ?? detected.timeoutMs };
    const suite = (folder: string) => {
      const outputFolder = join(options.outputFolder, folder);
      const run: RunInProject = (name, command) => this.#run(name, command, { ...options, outputFolder });
      return runSuite({ tests, worktree, outputFolder, diff, python: this.#config.python, run });
    };
    let last = await suite('test-run');
    for (let again = 1; again <= reruns && isWorthARerun(last.report); again += 1) {
      options.onProgress(`${String(last.report.failed)} failed: the suite runs again, to tell what is flaky`);
      last = mergeRerun(last, await suite(`test-run-${String(again + 1)}`));
    }
    for (const note of last.notes) options.onProgress(note);
    return last;
  }

  async #run(
    name: string,
    run: Parameters<RunInProject>[1],
    { worktree, outputFolder, signal, onProgress }: RunOptions,
  ): Promise<{ readonly logPath: string; readonly result: ProcessResult }> {
    await mkdir(outputFolder, { recursive: true });
    const logPath = join(outputFolder, `${name}.log`);
    const result = await withCommandEnvironment(outputFolder, this.#config.passEnvironment ?? [], (environment) =>
      runProcess({
        argv: run.argv,
        cwd: worktree,
        env: { ...environment, ...run.environment },
        timeoutMs: run.timeoutMs,
        signal,
        logPath,
        onOutput: (text) => {
          run.onOutput?.(text);
          for (const line of text.split(/\r?\n/)) if (line.trim() !== '') onProgress(line);
        },
      }),
    );
    return { logPath, result };
  }
}
