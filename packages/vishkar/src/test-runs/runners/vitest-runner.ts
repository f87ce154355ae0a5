/** Vitest: has JUnit built in; coverage only with one of its provider packages, which the project must bring. */
import { join } from 'node:path';
import { findPackage } from '../node-project.js';
import { writeProgressReporter } from './progress-reporter.js';
import { packageRunnerArgv, scriptPath } from './script-argv.js';
import type { TestRunner } from './test-runner.js';

export const vitestRunner: TestRunner = {
  name: 'vitest',
  async plan(context) {
    const { worktree, outputFolder } = context;
    const report = join(outputFolder, 'junit.xml');
    const coverageFolder = join(outputFolder, 'coverage');
    const progress = await writeProgressReporter(outputFolder, 'vitest.mjs');
    const providers = ['v8', 'istanbul'].filter(
      (name) => findPackage({ folder: worktree }, `@vitest/coverage-${name}`) !== undefined,
    );
    const flags = [
      '--reporter=default',
      '--reporter=junit',
      `--reporter=${progress.reporter}`,
      `--outputFile.junit=${report}`,
      ...(providers.length === 0 ? ['--coverage.enabled=false'] : coverageFlags(providers, coverageFolder)),
    ];
    return {
      argv: packageRunnerArgv(context, 'vitest', ['vitest', 'run'], flags),
      environment: { PATH: scriptPath(worktree), ...progress.environment },
      report: { format: 'junit', files: { path: report } },
      ...(providers.length > 0 && {
        coverage: { format: 'lcov' as const, files: { path: join(coverageFolder, 'lcov.info') } },
      }),
      progressPath: progress.progressPath,
      notes:
        providers.length > 0
          ? []
          : ['No coverage: the project has neither @vitest/coverage-v8 nor -istanbul installed.'],
    };
  },
};

function coverageFlags(providers: readonly string[], folder: string): readonly string[] {
  return [
    '--coverage.enabled',
    '--coverage.reporter=lcovonly',
    `--coverage.reportsDirectory=${folder}`,
    // Without it a red run has no coverage, and the next round would not know what is missing.
    '--coverage.reportOnFailure',
    // With both installed the project's configuration decides.
    ...(providers.length === 1 ? [`--coverage.provider=${providers[0] ?? ''}`] : []),
  ];
}
