/** What tests of engines share: a linked git worktree like a story's, and the task for a turn in it. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { temporaryFolder } from '@vishkar/testkit';
import type { EngineProgress, EngineRunOptions, EngineTask } from '../../src/engines/coding-engine.js';

export interface EngineFixture {
  readonly folder: string;
  readonly worktree: string;
  /** The main checkout, which an engine must leave alone. */
  readonly repository: string;
  task(overrides?: Partial<EngineTask>): EngineTask;
  git(...args: readonly string[]): string;
}

const IDENTITY = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', '-c', 'init.defaultBranch=main'];

/**
 * A repository with the given files, and a worktree of it on the branch `story`. Tests that run side by side name a
 * folder of their own to make it in.
 */
export function engineFixture(
  files: Readonly<Record<string, string>> = { 'README.md': 'Hello\n' },
  folder: string = temporaryFolder('engine'),
): EngineFixture {
  const repository = join(folder, 'repository');
  const worktree = join(folder, 'worktree');
  const git = (cwd: string, args: readonly string[]) =>
    execFileSync('git', [...IDENTITY, ...args], { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  mkdirSync(repository);
  git(repository, ['init', '-q']);
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(join(repository, file)), { recursive: true });
    writeFileSync(join(repository, file), content);
  }
  git(repository, ['add', '-A']);
  git(repository, ['commit', '-qm', 'first']);
  git(repository, ['worktree', 'add', '-q', '-b', 'story', worktree]);
  return {
    folder,
    repository,
    worktree,
    git: (...args) => git(worktree, args),
    task: (overrides = {}) => ({
      storyKey: 'DEMO-1',
      kind: 'implement',
      round: 1,
      prompt: 'Task: implement, round 1, story DEMO-1.\n\nDo it.',
      worktree,
      home: join(folder, 'home'),
      outputFolder: join(folder, 'output'),
      ...overrides,
    }),
  };
}

export interface WatchedRun {
  /** Stops the run. */
  readonly stop: AbortController;
  /** Progress, as it was reported. */
  readonly seen: readonly EngineProgress[];
  readonly options: EngineRunOptions;
}

/** Options of a run that nobody stops but the test. */
export function runOptions(): WatchedRun {
  const stop = new AbortController();
  const seen: EngineProgress[] = [];
  return { stop, seen, options: { signal: stop.signal, onProgress: (progress) => seen.push(progress) } };
}
