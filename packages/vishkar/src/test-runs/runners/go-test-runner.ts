/** `go test`: its own events are the report, its profile the coverage, over all packages of the module. */
import { join } from 'node:path';
import { runningGoTests } from '../reports/go-report.js';
import { runnerNotFound } from './runner-not-found.js';
import type { TestRunner } from './test-runner.js';
import { succeeds } from './try-command.js';

export const goTestRunner: TestRunner = {
  name: 'go test',
  async plan({ worktree, outputFolder, args = [] }) {
    if (!(await succeeds(['go', 'version'], worktree)))
      throw runnerNotFound(`There is no go on PATH, which the tests in ${worktree} need.`);
    const output = join(outputFolder, 'go-test.json');
    const coverage = join(outputFolder, 'cover.out');
    const packages = args.some((arg) => !arg.startsWith('-')) ? [] : ['./...'];
    return {
      argv: [
        ...['go', 'test', '-json', '-cover', '-coverpkg=./...', `-coverprofile=${coverage}`],
        // A cached result is no run, and Go's own limit of ten minutes is not the one that was configured.
        ...['-count=1', '-timeout=0', ...args, ...packages],
      ],
      environment: {},
      report: { format: 'go-test', files: { path: output } },
      coverage: { format: 'go-cover', files: { path: coverage } },
      capturePath: output,
      stillRunning: runningGoTests,
      notes: [],
    };
  },
};
