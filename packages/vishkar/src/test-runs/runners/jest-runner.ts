/** Jest: no JUnit of its own, so its JSON is read instead; coverage is built in. */
import { join } from 'node:path';
import { writeProgressReporter } from './progress-reporter.js';
import { packageRunnerArgv, scriptPath } from './script-argv.js';
import type { TestRunner } from './test-runner.js';

export const jestRunner: TestRunner = {
  name: 'jest',
  async plan(context) {
    const { worktree, outputFolder } = context;
    const report = join(outputFolder, 'jest.json');
    const coverageFolder = join(outputFolder, 'coverage');
    const progress = await writeProgressReporter(outputFolder, 'jest.cjs');
    const flags = [
      '--ci',
      '--watchAll=false',
      '--json',
      `--outputFile=${report}`,
      '--reporters=default',
      `--reporters=${progress.reporter}`,
      '--coverage',
      '--coverageReporters=lcovonly',
      `--coverageDirectory=${coverageFolder}`,
    ];
    return {
      argv: packageRunnerArgv(context, 'jest', ['jest'], flags),
      environment: { PATH: scriptPath(worktree), ...progress.environment },
      report: { format: 'jest', files: { path: report } },
      coverage: { format: 'lcov', files: { path: join(coverageFolder, 'lcov.info') } },
      progressPath: progress.progressPath,
      notes: [],
    };
  },
};
