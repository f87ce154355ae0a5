/**
 * Puts one small fault after the other into the changed lines and runs the tests: a fault that they do not notice is a
 * survivor. The worktree is given as it is to be found again by `inChangedWorktree`.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MutationResult } from '../../domain/mutation.js';
import type { DiffFile } from '../../git/parse-diff.js';
import type { ProjectRunner, RunOptions } from '../project-commands.js';
import { projectPython } from '../runners/pytest-runner.js';
import { isTestFile } from '../test-file.js';
import { isProgram } from './is-program.js';
import { applyMutant, chooseMutants, codeFamily, mutantsOf } from './mutants.js';
import type { Mutant } from './mutants.js';

export interface MutationLimits {
  readonly maximumMutants: number;
  readonly maximumMs: number;
}

/** A mutant may make a loop endless: it has so much longer than the tests took. */
const SLOWER = 3;
const EXTRA_MS = 10_000;

export async function tryMutants(
  runner: Pick<ProjectRunner, 'runTests'>,
  diff: readonly DiffFile[],
  limits: MutationLimits,
  options: RunOptions,
): Promise<MutationResult> {
  const { worktree, outputFolder } = options;
  const startedAt = performance.now();
  const all = await mutantsOfChange(worktree, diff);
  const chosen = chooseMutants(all, limits.maximumMutants);
  const base = { killed: 0, invalid: 0, survivors: [] as Mutant[] };
  const result = () => ({
    ...base,
    survivors: base.survivors.map(({ file, line, kind, before, after }) => ({ file, line, kind, before, after })),
    notTried: all.length - base.killed - base.invalid - base.survivors.length,
    otherLanguages: diff.filter(isOfOtherLanguage).map(({ path }) => path),
  });
  if (chosen.length === 0) return result();
  // Measured here: the suite's own run may have been under other load, and longer with reruns.
  const { report } = await runner.runTests({ ...options, diff: '' });
  if (report.failed > 0 || report.exitCode !== 0)
    return { ...result(), problem: 'the tests are red without a fault put in' };
  const timeoutMs = Math.round(report.durationMs * SLOWER + EXTRA_MS);
  for (const [index, mutant] of chosen.entries()) {
    options.signal.throwIfAborted();
    if (performance.now() - startedAt > limits.maximumMs) break;
    const path = join(worktree, mutant.file);
    const text = await readFile(path, 'utf8');
    const changed = applyMutant(text, mutant);
    await writeFile(path, changed);
    try {
      const how = { python: projectPython(worktree), scratch: outputFolder };
      if (!(await isProgram(worktree, mutant.file, changed, how))) base.invalid += 1;
      else if (await isNoticed(runner, { ...options, timeoutMs })) base.killed += 1;
      else base.survivors.push(mutant);
    } finally {
      await writeFile(path, text);
    }
    const { killed, survivors } = base;
    options.onProgress(
      `fault ${String(index + 1)} of ${String(chosen.length)}: ${String(killed)} noticed, ${String(survivors.length)} not`,
    );
  }
  return result();
}

async function isNoticed(
  runner: Pick<ProjectRunner, 'runTests'>,
  options: RunOptions & { readonly timeoutMs: number },
): Promise<boolean> {
  const quiet = { ...options, onProgress: () => undefined };
  const { report } = await runner.runTests({ ...quiet, diff: '' });
  return report.timedOut || report.failed > 0 || report.exitCode !== 0;
}

async function mutantsOfChange(worktree: string, diff: readonly DiffFile[]): Promise<readonly Mutant[]> {
  const found = await Promise.all(
    diff.filter(isProduct).map(async (file) => {
      const lines = new Set(
        file.lines.flatMap(({ kind, newLine }) => (kind === 'added' && newLine !== undefined ? [newLine] : [])),
      );
      return mutantsOf(file.path, await readFile(join(worktree, file.path), 'utf8'), lines);
    }),
  );
  return found.flat();
}

const isProduct = ({ path, change, isBinary }: DiffFile): boolean =>
  change !== 'deleted' && !isBinary && !isTestFile(path);

const SOURCE = /\.(?:rs|java|kt|scala|groovy|cs|fs|rb|php|swift|c|cc|cpp|h|hpp)$/;
const isOfOtherLanguage = (file: DiffFile): boolean =>
  isProduct(file) && codeFamily(file.path) === undefined && SOURCE.test(file.path);
