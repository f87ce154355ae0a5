/**
 * The local host's CI: the project's own commands on one commit, in a clean clone that knows nothing of the worktree in
 * which the engine worked. A clone that a killed run left is removed by the next one.
 */
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArtifactStore } from '../../artifacts/artifact-store.js';
import type { ChecksReport } from '../../domain/pull-request.js';
import type { CommandResult } from '../../domain/test-report.js';
import { unifiedDiff } from '../../git/diff.js';
import { git } from '../../git/git-command.js';
import type { ProjectRunner, RunOptions } from '../../test-runs/project-commands.js';

export interface LocalChecksOptions {
  readonly runner: ProjectRunner;
  /** Keeps the logs. */
  readonly artifacts: ArtifactStore;
  /** Folder for clones, made on demand; outside of any repository. */
  readonly workFolder: string;
}

export interface ChecksRequest {
  /** Path of the bare repository. */
  readonly remote: string;
  readonly headSha: string;
  readonly baseSha: string;
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
}

let runs = 0;

/** Runs install, build, lint, smoke and tests; a failing install ends the run, as nothing after it means anything. */
export async function runChecks(options: LocalChecksOptions, request: ChecksRequest): Promise<ChecksReport> {
  const { headSha, signal, onProgress } = request;
  await removeLeftovers(options.workFolder);
  const folder = join(options.workFolder, `${headSha.slice(0, 12)}-${process.pid}-${(runs += 1)}`);
  const worktree = join(folder, 'checkout');
  const outputFolder = join(folder, 'logs');
  try {
    await mkdir(outputFolder, { recursive: true });
    await cloneCommit(request, worktree);
    const run: RunOptions = { worktree, outputFolder, signal, onProgress };
    const results: CommandResult[] = [];
    for (const command of await options.runner.commands(worktree)) {
      onProgress(`checks: ${command.name}`);
      const { logPath, ...result } = await options.runner.runCommand(command, run);
      signal.throwIfAborted();
      results.push({ ...result, log: await options.artifacts.putFile(`ci-${command.name}`, logPath, 'text/plain') });
      if (command.name === 'install' && !hasPassed(result)) return { headSha, state: 'failed', runs: results };
    }
    onProgress('checks: test');
    const diff = await unifiedDiff({ folder: request.remote, base: request.baseSha, head: headSha });
    const { report, files } = await options.runner.runTests({ ...run, diff });
    signal.throwIfAborted();
    const log = files.find((file) => file.name === 'log') ?? files[0];
    const { command, exitCode, durationMs, timedOut } = report;
    results.push({
      ...{ name: 'test', command, exitCode, durationMs, timedOut },
      ...(log === undefined ? {} : { log: await options.artifacts.putFile('ci-test', log.path, log.mediaType) }),
    });
    const passed = results.every(hasPassed) && report.failed === 0;
    return { headSha, state: passed ? 'passed' : 'failed', runs: results };
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  }
}

function hasPassed(result: CommandResult): boolean {
  return result.exitCode === 0 && !result.timedOut;
}

/** A clone that borrows the objects of the bare repository: quick, and gone without a trace in it. */
async function cloneCommit(request: ChecksRequest, worktree: string): Promise<void> {
  const { remote, headSha, signal } = request;
  await git(['clone', '--quiet', '--shared', '--no-checkout', '--', remote, worktree], { cwd: remote, signal });
  await git(['checkout', '--quiet', '--detach', headSha], { cwd: worktree, signal, timeoutMs: 600_000 });
}

/** Folders carry the process id of their run: those of dead processes belong to nobody. */
async function removeLeftovers(workFolder: string): Promise<void> {
  await mkdir(workFolder, { recursive: true });
  for (const name of await readdir(workFolder)) {
    const owner = /^[0-9a-f]{12}-(\d+)-\d+$/.exec(name)?.[1];
    if (owner !== undefined && !isAlive(Number(owner)))
      await rm(join(workFolder, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: alive, and somebody else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
