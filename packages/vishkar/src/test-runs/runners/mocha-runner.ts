/** Mocha: a reporter of ours writes jest's form of JSON and the progress; coverage by c8 or nyc, which the project must bring. */
import { join } from 'node:path';
import { findPackage, findPackageBin } from '../node-project.js';
import { shellWord } from '../test-script.js';
import { writeProgressReporter } from './progress-reporter.js';
import { packageRunnerArgv, scriptPath, shellArgv } from './script-argv.js';
import type { TestRunContext, TestRunner } from './test-runner.js';

/** Set for the reporter; the file it writes. */
const REPORT_VARIABLE = 'VISHKAR_MOCHA_REPORT';

export const mochaRunner: TestRunner = {
  name: 'mocha',
  async plan(context) {
    const { worktree, outputFolder } = context;
    const report = join(outputFolder, 'mocha.json');
    const coverageFolder = join(outputFolder, 'coverage');
    const progress = await writeProgressReporter(outputFolder, 'mocha.cjs');
    const collector = (['c8', 'nyc'] as const).find((name) => findPackage({ folder: worktree }, name) !== undefined);
    const flags = ['--reporter', progress.reporter];
    return {
      argv: argvOf(context, flags, collector === undefined ? [] : collectorWords(context, collector, coverageFolder)),
      environment: { PATH: scriptPath(worktree), [REPORT_VARIABLE]: report, ...progress.environment },
      report: { format: 'jest', files: { path: report } },
      ...(collector !== undefined && {
        coverage: { format: 'lcov' as const, files: { path: join(coverageFolder, 'lcov.info') } },
      }),
      progressPath: progress.progressPath,
      notes: collector === undefined ? ['No coverage: the project has neither c8 nor nyc installed.'] : [],
    };
  },
};

function collectorWords({ worktree, outputFolder }: TestRunContext, name: 'c8' | 'nyc', folder: string): string[] {
  const bin = findPackageBin({ folder: worktree }, name) ?? name;
  const own =
    name === 'c8' ? ['--temp-directory', join(outputFolder, 'v8')] : ['--temp-dir', join(outputFolder, 'nyc')];
  return [process.execPath, bin, '--reporter=lcovonly', `--report-dir=${folder}`, ...own];
}

/** The collector stands directly before the runner, behind what the script does first. */
function argvOf(context: TestRunContext, flags: readonly string[], collector: readonly string[]): readonly string[] {
  const { script, args } = context;
  const plain = packageRunnerArgv(context, 'mocha', ['mocha'], flags);
  if (script === undefined || args !== undefined) return [...collector, ...plain];
  const words = [...collector.map(shellWord), 'mocha', script.args, ...flags.map(shellWord)].join(' ');
  return shellArgv(`${script.before}${words}`);
}
