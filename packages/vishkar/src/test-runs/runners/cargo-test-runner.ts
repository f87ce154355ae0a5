/** `cargo test` on a stable toolchain: what it prints is the report; coverage where cargo-llvm-cov is installed. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runningCargoTests } from '../reports/cargo-report.js';
import { runnerNotFound } from './runner-not-found.js';
import type { TestRunner } from './test-runner.js';
import { outputOf, succeeds } from './try-command.js';

export const cargoTestRunner: TestRunner = {
  name: 'cargo test',
  async plan({ worktree, outputFolder, args = [] }) {
    if (!(await succeeds(['cargo', '--version'], worktree)))
      throw runnerNotFound(`There is no cargo on PATH, which the tests in ${worktree} need.`);
    const output = join(outputFolder, 'cargo-test.txt');
    const lcov = join(outputFolder, 'lcov.info');
    const coverage = await coverageEnvironment(worktree);
    return {
      argv: ['cargo', 'test', '--workspace', '--no-fail-fast', ...args],
      // Backtraces would fill what is kept of a failure.
      environment: { CARGO_TERM_COLOR: 'never', RUST_BACKTRACE: '0', ...coverage },
      report: { format: 'cargo-test', files: { path: output } },
      ...(coverage !== undefined && {
        coverage: { format: 'lcov', files: { path: lcov } },
        coverageArgv: ['cargo', 'llvm-cov', 'report', '--lcov', '--output-path', lcov],
      }),
      capturePath: output,
      stillRunning: runningCargoTests,
      notes: coverage === undefined ? ['No coverage: cargo-llvm-cov or its LLVM tools are not installed.'] : [],
    };
  },
};

/**
 * What makes a plain `cargo test` measure: cargo-llvm-cov's own way for runs that it does not start itself. Its builds
 * have a target folder of their own, so that neither kind makes the other be built again.
 */
async function coverageEnvironment(worktree: string): Promise<Readonly<Record<string, string>> | undefined> {
  // Asked first: without its tools cargo-llvm-cov would try to install some.
  if (!(await hasLlvmTools(worktree)) || !(await succeeds(['cargo', 'llvm-cov', '--version'], worktree)))
    return undefined;
  const target = { CARGO_TARGET_DIR: join(worktree, 'target', 'vishkar-coverage') };
  // What an earlier run left would count for this one.
  await outputOf(['cargo', 'llvm-cov', 'clean', '--profraw-only'], worktree, target);
  const shown = await outputOf(['cargo', 'llvm-cov', 'show-env'], worktree, target);
  if (shown === undefined) return undefined;
  const variables = [...shown.matchAll(/^(\w+)='?(.*?)'?$/gm)].map(
    ([, name = '', value = '']) => [name, value] as const,
  );
  return { ...Object.fromEntries(variables), ...target };
}

async function hasLlvmTools(worktree: string): Promise<boolean> {
  if (process.env['LLVM_COV'] !== undefined && process.env['LLVM_PROFDATA'] !== undefined) return true;
  const library = (await outputOf(['rustc', '--print', 'target-libdir'], worktree))?.trim();
  return library !== undefined && existsSync(join(library, '..', 'bin', 'llvm-profdata'));
}
