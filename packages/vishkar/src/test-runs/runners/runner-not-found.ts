/** The one error for a project whose tests cannot be run as things are. */
import { VishkarError } from '../../errors.js';

export function runnerNotFound(problem: string): VishkarError {
  return new VishkarError('TEST_RUNNER_NOT_FOUND', problem, {
    hint:
      'Install the project, or name the runner in vishkar.config.json: {"commands": {"test": {"runner": "vitest"}}}, ' +
      'or {"commands": {"test": {"argv": ["make", "test"], "junit": "report.xml", "lcov": "lcov.info"}}}.',
  });
}
