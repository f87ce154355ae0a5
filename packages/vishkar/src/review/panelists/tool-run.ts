/**
 * Runs a scanner that may be on this machine, or not, over the changed files alone. They are written to a folder of their own, so
 * that no configuration of the change under review tells the scanner what to leave out. Not installed means "unavailable".
 */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { childEnvironment } from '../../processes/environment.js';
import { runProcess } from '../../processes/process-runner.js';
import { AnalyzerUnavailableError } from '../analyzer-panelist.js';

export interface ToolRun {
  /** Name of the program on PATH. */
  readonly program: string;
  /** Where it finds the files, and where it leaves its report. */
  readonly args: (folder: string, report: string) => readonly string[];
  /** Paths relative to the repository, with their content. */
  readonly files: ReadonlyMap<string, string>;
  /** Exit codes with which the report is whole. */
  readonly acceptedExitCodes: readonly number[];
  readonly environment: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

const TIMEOUT_MS = 120_000;

/**
 * Its report as text: what it wrote to the report file, or else what it printed.
 * Throws AnalyzerUnavailableError when it is not installed, and Error when it failed: no report is never a clean one.
 */
export async function runTool(run: ToolRun): Promise<string> {
  if (!isOnPath(run.program, run.environment))
    throw new AnalyzerUnavailableError(`${run.program} is not installed here`);
  const root = await mkdtemp(join(tmpdir(), 'vishkar-review-'));
  try {
    const [folder, report, printed] = ['files', 'report.json', 'printed.txt'].map((name) => join(root, name)) as [
      string,
      string,
      string,
    ];
    await mkdir(folder);
    for (const [path, text] of run.files) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    const { exitCode, timedOut } = await runProcess({
      argv: [run.program, ...run.args(folder, report)],
      cwd: folder,
      env: childEnvironment({ from: run.environment, home: root }),
      timeoutMs: TIMEOUT_MS,
      signal: run.signal,
      logPath: printed,
    });
    if (timedOut || !run.acceptedExitCodes.includes(exitCode))
      throw new Error(`${run.program} ${timedOut ? 'took too long' : `ended with ${String(exitCode)}`}`);
    return await readFile(report, 'utf8').catch(() => readFile(printed, 'utf8'));
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

/**
 * The changed file that a report means: tools name it from the repository on or with the folder before it. Of several that fit
 * it is the longest: a finding must not end up in another file whose path is the end of the right one.
 */
export function reportedPath(paths: Iterable<string>, reported: string): string | undefined {
  const fitting = [...paths].filter((path) => reported === path || reported.endsWith(`/files/${path}`));
  return fitting.sort((a, b) => b.length - a.length)[0];
}

export function isOnPath(program: string, environment: NodeJS.ProcessEnv): boolean {
  const folders = (environment['PATH'] ?? '').split(delimiter);
  return folders.some((folder) => existsSync(join(folder, program)) || existsSync(join(folder, `${program}.exe`)));
}
