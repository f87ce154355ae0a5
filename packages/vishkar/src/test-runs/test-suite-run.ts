/**
 * One run of a project's suite: the plan of its runner carried out in the worktree, its reports read, and what they and
 * the exit code say together (see `judge-run.ts`). Reports of an earlier run never speak for this one.
 */
import { createWriteStream } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { join } from 'node:path';
import type { TestReport } from '../domain/test-report.js';
import { VishkarError } from '../errors.js';
import { parseDiff } from '../git/parse-diff.js';
import type { ProcessResult } from '../processes/process-runner.js';
import { changedLineCoverage } from './covered-lines/changed-line-coverage.js';
import { totalPercent } from './covered-lines/line-coverage.js';
import { readCoverageFiles } from './covered-lines/read-coverage.js';
import type { DetectedTests } from './detect-project.js';
import { judgeRun } from './judge-run.js';
import type { TestRun } from './project-commands.js';
import { REPORT_READERS } from './reports/read-report.js';
import { joinResults } from './reports/test-results.js';
import type { TestResults } from './reports/test-results.js';
import { ExpectedFiles } from './run-files.js';
import { unfinishedTests } from './runners/progress-reporter.js';
import type { TestRunPlan } from './runners/test-runner.js';
import { isTestFile } from './test-file.js';
import { shellWord } from './test-script.js';

/** Runs a command of the project; its output goes to a log of that name in the output folder. */
export type RunInProject = (
  name: string,
  run: {
    readonly argv: readonly string[];
    readonly timeoutMs: number;
    readonly environment?: Readonly<Record<string, string>>;
    readonly onOutput?: (text: string) => void;
  },
) => Promise<{ readonly logPath: string; readonly result: ProcessResult }>;

export interface SuiteRunOptions {
  readonly tests: DetectedTests;
  readonly worktree: string;
  /** Of this run alone; made empty first. */
  readonly outputFolder: string;
  readonly diff: string;
  readonly python: string | undefined;
  readonly run: RunInProject;
}

export async function runSuite({ tests, ...options }: SuiteRunOptions): Promise<Required<TestRun>> {
  const { worktree, outputFolder, python, run } = options;
  const { runner, timeoutMs, notes: detected, ...project } = tests;
  await rm(outputFolder, { recursive: true, force: true });
  await mkdir(outputFolder, { recursive: true });
  const plan = await runner.plan({ worktree, outputFolder, ...project, ...(python !== undefined && { python }) });
  const reportFiles = await ExpectedFiles.of(plan.report.files);
  const coverageFiles = plan.coverage && (await ExpectedFiles.of(plan.coverage.files));

  const { logPath, result } = await captured(plan, (onOutput) => run('test', { ...plan, timeoutMs, onOutput }));
  const results = await readResults(plan.report.format, reportFiles);
  const report = judgeRun({ ...result, report: results, unfinished: result.timedOut ? await running(plan) : [] });
  if (plan.coverageArgv !== undefined && !result.timedOut)
    await run('coverage', { argv: plan.coverageArgv, timeoutMs, environment: plan.environment });
  const measured = await readCoverage(plan, coverageFiles, options);

  const files: TestRun['files'][number][] = [
    { name: 'test-log', path: logPath, mediaType: 'text/plain' },
    ...(await named(plan.report.format, reportFiles)),
    ...(await named(plan.coverage?.format ?? '', coverageFiles)),
  ];
  if (measured.coverage !== undefined) {
    const path = join(outputFolder, 'uncovered-lines.json');
    await writeFile(path, `${JSON.stringify(measured.uncovered, null, 2)}\n`);
    files.push({ name: 'uncovered-lines', path, mediaType: 'application/json' });
  }
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
    notes: [...detected, ...plan.notes, ...(measured.note === undefined ? [] : [measured.note])],
    tests: typeof results === 'string' ? [] : results.tests,
  };
}

/** Keeps what is printed, up to the size that is read of a report, where the plan wants it. */
async function captured<T>(
  { capturePath }: TestRunPlan,
  body: (onOutput: (text: string) => void) => Promise<T>,
): Promise<T> {
  if (capturePath === undefined) return await body(() => undefined);
  const file = createWriteStream(capturePath, { mode: 0o600 });
  const opened = once(file, 'open');
  await opened;
  try {
    return await body((text) => void file.write(text));
  } finally {
    file.end();
    await once(file, 'close');
  }
}

async function running({ progressPath, stillRunning, capturePath }: TestRunPlan): Promise<readonly string[]> {
  if (progressPath !== undefined) return await unfinishedTests(progressPath);
  if (stillRunning === undefined || capturePath === undefined) return [];
  return stillRunning(await readFile(capturePath, 'utf8'));
}

/** The results, or the sentence why there are none. */
async function readResults(
  format: TestRunPlan['report']['format'],
  files: ExpectedFiles,
): Promise<TestResults | string> {
  try {
    const read = await files.read();
    if (read.length === 0) return 'The test run left no report.';
    return joinResults(read.map(({ text }) => REPORT_READERS[format](text)));
  } catch (error) {
    if (error instanceof VishkarError) return error.message;
    throw error;
  }
}

interface Measured {
  readonly coverage?: NonNullable<TestReport['coverage']>;
  readonly uncovered?: unknown;
  readonly note?: string;
}

async function readCoverage(
  plan: TestRunPlan,
  files: ExpectedFiles | undefined,
  { worktree, diff }: { readonly worktree: string; readonly diff: string },
): Promise<Measured> {
  if (plan.coverage === undefined || files === undefined) return {};
  try {
    const read = await files.read();
    if (read.length === 0) return { note: 'No coverage: the test run left no coverage report.' };
    const lines = await readCoverageFiles(plan.coverage.format, read, worktree);
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
  trx: 'application/xml',
  cobertura: 'application/xml',
  jacoco: 'application/xml',
  jest: 'application/json',
  'go-test': 'application/jsonl',
};

/** Artifacts of a run are few: of a report in many files (one per class) only the first ones are kept, and the log has the rest. */
const MAXIMUM_FILES = 20;

async function named(name: string, files: ExpectedFiles | undefined): Promise<TestRun['files']> {
  const written = (await files?.written()) ?? [];
  const mediaType = MEDIA_TYPES[name] ?? 'text/plain';
  return written
    .slice(0, MAXIMUM_FILES)
    .map((path, index) => ({ name: index === 0 ? name : `${name}-${String(index + 1)}`, path, mediaType }));
}
