/**
 * Runs a scanner that may be on this machine, or not: over the changed files alone, or over the whole tree of a commit. Either is written
 * to a folder of its own, so that the worktree stays as it is; of the changed files no configuration of the change comes with them that
 * tells the scanner what to leave out. Not installed means "unavailable".
 */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
import { exportTree } from '../../git/export-tree.js';
import { childEnvironment } from '../../processes/environment.js';
import { runProcess } from '../../processes/process-runner.js';
import { AnalyzerUnavailableError } from '../analyzer-panelist.js';

/** A commit, with the packages that are installed in the worktree beside it. */
export interface Tree {
  readonly worktree: string;
  readonly revision: string;
}

export interface ToolRun {
  /** Name of the program on PATH, or its absolute path. */
  readonly program: string;
  /** Where it finds the files (it is run there), and where it leaves its report. */
  readonly args: (folder: string, report: string) => readonly string[];
  /** Paths relative to the repository, with their content; or a whole tree. */
  readonly files: ReadonlyMap<string, string> | Tree;
  /** Exit codes with which the report is whole. */
  readonly acceptedExitCodes: readonly number[];
  /** Exit codes with which it says that it could not look; what it wrote then is no report. */
  readonly unavailableExitCodes?: readonly number[];
  readonly environment: NodeJS.ProcessEnv;
  /** Variables with their values, for this program. */
  readonly set?: Readonly<Record<string, string>>;
  /** Default `report.json`. */
  readonly reportName?: string;
  readonly signal: AbortSignal;
}

const TIMEOUT_MS = 120_000;

/**
 * Its report as text: what it wrote to the report file, or else what it printed.
 * Throws AnalyzerUnavailableError when it is not installed, and Error when it failed: no report is never a clean one.
 */
export async function runTool(run: ToolRun): Promise<string> {
  if (findTool(run.program, run.environment) === undefined)
    throw new AnalyzerUnavailableError(`${run.program} is not installed here`);
  const root = await mkdtemp(join(tmpdir(), 'vishkar-review-'));
  try {
    const [folder, report, printed] = ['files', run.reportName ?? 'report.json', 'printed.txt'].map((name) =>
      join(root, name),
    ) as [string, string, string];
    await mkdir(folder);
    await (run.files instanceof Map ? writeFiles(folder, run.files) : writeTree(folder, run.files as Tree));
    const { exitCode, timedOut } = await runProcess({
      argv: [run.program, ...run.args(folder, report)],
      cwd: folder,
      env: childEnvironment({ from: run.environment, home: root, set: run.set ?? {} }),
      timeoutMs: TIMEOUT_MS,
      signal: run.signal,
      logPath: printed,
    });
    if (!timedOut && run.unavailableExitCodes?.includes(exitCode) === true)
      throw new AnalyzerUnavailableError(`${run.program} could not look (exit code ${String(exitCode)})`);
    if (timedOut || !run.acceptedExitCodes.includes(exitCode))
      throw new Error(`${run.program} ${timedOut ? 'took too long' : `ended with ${String(exitCode)}`}`);
    return await readFile(report, 'utf8').catch(() => readFile(printed, 'utf8'));
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

async function writeFiles(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  for (const [path, text] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

async function writeTree(folder: string, { worktree, revision }: Tree): Promise<void> {
  await exportTree(worktree, revision, folder);
  const packages = join(worktree, 'node_modules');
  if (existsSync(packages) && !existsSync(join(folder, 'node_modules')))
    await symlink(packages, join(folder, 'node_modules'), 'dir');
}

/**
 * The changed file that a report means: tools name it from the repository on or with the folder before it. Of several that fit
 * it is the longest: a finding must not end up in another file whose path is the end of the right one.
 */
export function reportedPath(paths: Iterable<string>, reported: string): string | undefined {
  const named = reported.replace(/^\.\//, '');
  const fitting = [...paths].filter((path) => named === path || named.endsWith(`/files/${path}`));
  return fitting.sort((a, b) => b.length - a.length)[0];
}

/** Absolute path of a program that is on PATH or, where a worktree is given, among its installed packages. */
export function findTool(program: string, environment: NodeJS.ProcessEnv, worktree?: string): string | undefined {
  if (isAbsolute(program)) return existsSync(program) ? program : undefined;
  const installed = worktree === undefined ? [] : [join(worktree, 'node_modules', '.bin')];
  const folders = [...installed, ...(environment['PATH'] ?? '').split(delimiter)];
  return folders.flatMap((folder) => [join(folder, program), join(folder, `${program}.exe`)]).find(existsSync);
}
