/** Node's own runner: reporters and coverage are options of Node, so they stand before the test files. */
import { join } from 'node:path';
import { shellWord } from '../test-script.js';
import { writeProgressReporter } from './progress-reporter.js';
import { scriptPath, shellArgv } from './script-argv.js';
import type { TestRunner } from './test-runner.js';

export const nodeTestRunner: TestRunner = {
  name: 'node:test',
  async plan(context) {
    const { worktree, outputFolder, script, args } = context;
    const report = join(outputFolder, 'junit.xml');
    const coverage = join(outputFolder, 'lcov.info');
    const progress = await writeProgressReporter(outputFolder, 'node-test.mjs');
    const flags = [
      ...reporter('spec', 'stdout'),
      ...reporter('junit', report),
      ...reporter(progress.reporter, join(outputFolder, 'progress.out')),
      '--experimental-test-coverage',
      ...reporter('lcov', coverage),
    ];
    return {
      argv:
        script === undefined || args !== undefined
          ? [process.execPath, '--test', ...flags, ...(args ?? [])]
          : shellArgv(`${script.before}node ${flags.map(shellWord).join(' ')} ${script.args}`),
      environment: { PATH: scriptPath(worktree), ...progress.environment },
      report: { format: 'junit', files: { path: report } },
      coverage: { format: 'lcov', files: { path: coverage } },
      progressPath: progress.progressPath,
      notes: [],
    };
  },
};

function reporter(name: string, destination: string): readonly string[] {
  return [`--test-reporter=${name}`, `--test-reporter-destination=${destination}`];
}
