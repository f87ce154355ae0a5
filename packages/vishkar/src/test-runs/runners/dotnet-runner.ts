/**
 * `dotnet test`: its TRX logger and the coverage collector that test projects are made with (coverlet), both told on
 * the command line where to put what they write.
 */
import { join } from 'node:path';
import { runnerNotFound } from './runner-not-found.js';
import type { TestRunner } from './test-runner.js';
import { succeeds } from './try-command.js';

export const dotnetRunner: TestRunner = {
  name: 'dotnet test',
  async plan({ worktree, outputFolder, args = [] }) {
    if (!(await succeeds(['dotnet', '--version'], worktree)))
      throw runnerNotFound(`There is no dotnet on PATH, which the tests in ${worktree} need.`);
    const folder = join(outputFolder, 'results');
    return {
      argv: [
        ...['dotnet', 'test', '--nologo', '--logger', 'trx', '--logger', 'console;verbosity=normal'],
        ...['--collect', 'XPlat Code Coverage', '--results-directory', folder, ...args],
      ],
      // Its build servers would outlive the run.
      environment: {
        DOTNET_CLI_TELEMETRY_OPTOUT: '1',
        DOTNET_NOLOGO: '1',
        MSBUILDDISABLENODEREUSE: '1',
        DOTNET_CLI_USE_MSBUILD_SERVER: '0',
        UseSharedCompilation: 'false',
      },
      report: { format: 'trx', files: { folder, pattern: /\.trx$/ } },
      coverage: { format: 'cobertura', files: { folder, pattern: /(?:^|\/)coverage\.cobertura\.xml$/ } },
      notes: [],
    };
  },
};
