/** Any command that a project configures, with the reports that it says it writes. */
import { isAbsolute, join } from 'node:path';
import { COVERAGE_OF_COMMANDS, REPORTS_OF_COMMANDS } from '../commands-config.js';
import type { TestConfig } from '../commands-config.js';
import { runnerNotFound } from './runner-not-found.js';
import { scriptPath } from './script-argv.js';
import type { TestRunner } from './test-runner.js';

export function commandRunner(config: Extract<TestConfig, { argv: readonly string[] }>): TestRunner {
  return {
    name: 'command',
    plan: ({ worktree, outputFolder }) => {
      const filled = (text: string) => text.replaceAll('{outputFolder}', outputFolder);
      const files = (text: string) => ({
        path: isAbsolute(filled(text)) ? filled(text) : join(worktree, filled(text)),
      });
      const [report] = REPORTS_OF_COMMANDS.flatMap((format) => withPath(format, config[format]));
      const [coverage] = COVERAGE_OF_COMMANDS.flatMap((format) => withPath(format, config[format]));
      if (report === undefined) throw runnerNotFound('The configured test command names no report.');
      return Promise.resolve({
        argv: config.argv.map(filled),
        environment: { PATH: scriptPath(worktree) },
        report: { format: report.format, files: files(report.path) },
        ...(coverage !== undefined && {
          coverage: {
            format: coverage.format === 'goCover' ? 'go-cover' : coverage.format,
            files: files(coverage.path),
          },
        }),
        notes: coverage === undefined ? ['No coverage: none is configured for this command.'] : [],
      });
    },
  };
}

function withPath<F extends string>(format: F, path: string | undefined): { format: F; path: string }[] {
  return path === undefined ? [] : [{ format, path }];
}
