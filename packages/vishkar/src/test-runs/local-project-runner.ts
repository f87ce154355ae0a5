/**
 * Runs a project's own commands and tests on this host, as argv in the story's worktree, without changing the project:
 * reports go to the output folder. Verdicts come from exit codes and reports (see `judge-run.ts`), never from prose.
 */
import { mkdir, realpath, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestReport } from '../domain/test-report.js';
import { VishkarError } from '../errors.js';
import { parseDiff } from '../git/parse-diff.js';
import { runProcess } from '../processes/process-runner.js';
import type { ProcessResult } from '../processes/process-runner.js';
import { withCommandEnvironment } from './command-environment.js';
import type { CommandsConfig } from './commands-config.js';
import { changedLineCoverage } from './covered-lines/changed-line-coverage.js';
import { readCoberturaReport } from './covered-lines/cobertura-report.js';
import { readLcovReport } from './covered-lines/lcov-report.js';
import { totalPercent } from './covered-lines/line-coverage.js';
import { detectCommands, detectTests } from './detect-project.js';
import { judgeRun } from './judge-run.js';
import type { ProjectCommand, ProjectRunner, RunOptions } from './project-commands.js';
import { readJestReport } from './reports/jest-report.js';
import { readJunitReport } from './reports/junit-report.js';
import type { TestResults } from './reports/test-results.js';
import { ExpectedFile } from './run-files.js';
import { unfinishedTests } from './runners/progress-reporter.js';
import type { TestRunPlan } from './runners/test-runner.js';
import { isTestFile } from './test-file.js';
import { shellWord } from './test-script.js';

type TestRun = Awaited<ReturnType<ProjectRunner['runTests']>>;
type RunFile = TestRun['files'][number];
type Coverage = NonNullable<TestReport['coverage']>;

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

  async runTests(options: RunOptions & { readonly diff: string }): Promise<TestRun> {
    const { worktree } = options;
    const { runner, timeoutMs, ...project } = await detectTests(worktree, this.#config);
    // An earlier attempt's reports in this folder must not speak for this one.
    const outputFolder = join(options.outputFolder, 'test-run');
    await rm(outputFolder, { recursive: true, force: true });
    await mkdir(outputFolder, { recursive: true });
    const { python } = this.#config;
    const plan = await runner.plan({ worktree, outputFolder, ...project, ...(python !== undefined && { python }) });
    const reportFile = await ExpectedFile.at(plan.report.path);
    const coverageFile = plan.coverage && (await ExpectedFile.at(plan.coverage.path));

    const { logPath, result } = await this.#run('test', { ...plan, timeoutMs }, options);

    const report = judgeRun({
      ...result,
      report: await readResults(plan.report.format, reportFile),
      unfinished: plan.progressPath === undefined ? [] : await unfinishedTests(plan.progressPath),
    });
    const measured = await readCoverage(plan, coverageFile, options);
    const files: RunFile[] = [
      { name: 'test-log', path: logPath, mediaType: 'text/plain' },
      ...(await written(plan.report.format, reportFile)),
      ...(await written(plan.coverage?.format ?? '', coverageFile)),
    ];
    if (measured.coverage !== undefined) {
      const path = join(outputFolder, 'uncovered-lines.json');
      await writeFile(path, `${JSON.stringify(measured.uncovered, null, 2)}\n`);
      files.push({ name: 'uncovered-lines', path, mediaType: 'application/json' });
    }
    const notes = [...plan.notes, ...(measured.note === undefined ? [] : [measured.note])];
    for (const note of notes) options.onProgress(note);
    const { coverage } = measured;
    return {
      report: {
        runner: runner.name,
        command: plan.argv.map(shellWord).join(' '),
        ...report,
        failures: [...report.failures],
        ...(coverage !== undefined && { coverage }),
      },
      files,
      notes,
    };
  }

  async #run(
    name: string,
    run: Pick<TestRunPlan, 'argv'> & { readonly timeoutMs: number; readonly environment?: TestRunPlan['environment'] },
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
          for (const line of text.split(/\r?\n/)) if (line.trim() !== '') onProgress(line);
        },
      }),
    );
    return { logPath, result };
  }
}

/** The results, or the sentence why there are none. */
async function readResults(format: TestRunPlan['report']['format'], file: ExpectedFile): Promise<TestResults | string> {
  try {
    const text = await file.read();
    if (text === undefined) return 'The test run left no report.';
    return format === 'junit' ? readJunitReport(text) : readJestReport(text);
  } catch (error) {
    if (error instanceof VishkarError) return error.message;
    throw error;
  }
}

interface Measured {
  readonly coverage?: Coverage;
  readonly uncovered?: unknown;
  readonly note?: string;
}

async function readCoverage(
  plan: TestRunPlan,
  file: ExpectedFile | undefined,
  { worktree, diff }: { readonly worktree: string; readonly diff: string },
): Promise<Measured> {
  if (plan.coverage === undefined || file === undefined) return {};
  try {
    const text = await file.read();
    if (text === undefined) return { note: 'No coverage: the test run left no coverage report.' };
    const roots = [worktree, await realpath(worktree)];
    const lines = plan.coverage.format === 'lcov' ? readLcovReport(text, roots) : readCoberturaReport(text, roots);
    const total = totalPercent(lines, (path) => !isTestFile(path));
    if (total === undefined) return { note: 'No coverage: the coverage report measures no line outside of tests.' };
    const { changedLines, changedPercent, uncovered } = changedLineCoverage(lines, parseDiff(diff));
    return {
      coverage: { totalPercent: total, changedLines, ...(changedPercent !== undefined && { changedPercent }) },
      uncovered,
    };
  } catch (error) {
    // Unreadable coverage is no coverage, and the gate asks for it; an unreadable diff is a fault of ours.
    if (error instanceof VishkarError && error.code.startsWith('TEST_REPORT_'))
      return { note: `No coverage: ${error.message}` };
    throw error;
  }
}

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  junit: 'application/xml',
  cobertura: 'application/xml',
  jest: 'application/json',
  lcov: 'text/plain',
};

async function written(name: string, file: ExpectedFile | undefined): Promise<readonly RunFile[]> {
  if (file === undefined || !(await file.isWritten())) return [];
  return [{ name, path: file.path, mediaType: MEDIA_TYPES[name] ?? 'application/octet-stream' }];
}
