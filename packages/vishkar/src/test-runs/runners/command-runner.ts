/** Any command that a project configures, with the reports that it says it writes. */
import { isAbsolute, join } from 'node:path';
import type { TestConfig } from '../commands-config.js';
import { scriptPath } from './script-argv.js';
import type { TestRunner } from './test-runner.js';

export function commandRunner(config: Extract<TestConfig, { argv: readonly string[] }>): TestRunner {
  return {
    name: 'command',
    plan: ({ worktree, outputFolder }) => {
      const filled = (text: string) => text.replaceAll('{outputFolder}', outputFolder);
      const path = (text: string) => (isAbsolute(filled(text)) ? filled(text) : join(worktree, filled(text)));
      const { lcov, cobertura } = config;
      return Promise.resolve({
        argv: config.argv.map(filled),
        environment: { PATH: scriptPath(worktree) },
        report: { format: 'junit' as const, path: path(config.junit) },
        ...(lcov !== undefined && { coverage: { format: 'lcov' as const, path: path(lcov) } }),
        ...(cobertura !== undefined && { coverage: { format: 'cobertura' as const, path: path(cobertura) } }),
        notes:
          lcov === undefined && cobertura === undefined ? ['No coverage: none is configured for this command.'] : [],
      });
    },
  };
}
