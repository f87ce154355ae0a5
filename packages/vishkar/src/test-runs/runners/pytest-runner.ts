/** Pytest: JUnit built in; coverage when pytest-cov can be imported by the project's Python. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runProcess } from '../../processes/process-runner.js';
import { childEnvironment } from '../../processes/environment.js';
import { writeProgressReporter } from './progress-reporter.js';
import { runnerNotFound } from './runner-not-found.js';
import type { TestRunner } from './test-runner.js';

export const pytestRunner: TestRunner = {
  name: 'pytest',
  async plan({ worktree, outputFolder, python: configured, args = [] }) {
    const python = configured ?? projectPython(worktree);
    if (!(await canImport(python, 'pytest', worktree)))
      throw runnerNotFound(`${python} has no pytest, which the tests in ${worktree} need.`);
    const hasCoverage = await canImport(python, 'pytest_cov', worktree);
    const report = join(outputFolder, 'junit.xml');
    const coverage = join(outputFolder, 'coverage.xml');
    const progress = await writeProgressReporter(outputFolder, 'vishkar_progress.py');
    return {
      argv: [
        ...[python, '-m', 'pytest', '-p', 'vishkar_progress'],
        // Neither may leave files in the worktree: they would become part of the story's change.
        ...['-p', 'no:cacheprovider'],
        ...[`--junitxml=${report}`, '-o', 'junit_family=xunit1'],
        ...(hasCoverage
          ? [(await hasCoverageSource(worktree)) ? '--cov' : '--cov=.', `--cov-report=xml:${coverage}`]
          : []),
        ...args,
      ],
      environment: {
        PYTHONPATH: outputFolder,
        PYTHONDONTWRITEBYTECODE: '1',
        COVERAGE_FILE: join(outputFolder, 'coverage.data'),
        ...progress.environment,
      },
      report: { format: 'junit', files: { path: report } },
      ...(hasCoverage && { coverage: { format: 'cobertura' as const, files: { path: coverage } } }),
      progressPath: progress.progressPath,
      notes: hasCoverage ? [] : [`No coverage: ${python} has no pytest-cov.`],
    };
  },
};

/** The interpreter of the project's own virtual environment, else of the one that is active, else `python3`. */
export function projectPython(worktree: string): string {
  const active = process.env['VIRTUAL_ENV'];
  const candidates = [join(worktree, '.venv'), join(worktree, 'venv'), ...(active === undefined ? [] : [active])];
  return candidates.map((folder) => join(folder, 'bin', 'python')).find(existsSync) ?? 'python3';
}

/** Where the project says itself what is to be measured, its word counts. */
async function hasCoverageSource(worktree: string): Promise<boolean> {
  for (const name of ['pyproject.toml', 'setup.cfg', 'tox.ini', '.coveragerc']) {
    const text = await readFile(join(worktree, name), 'utf8').catch(() => '');
    if (/^\s*\[(?:tool\.)?(?:coverage:)?(?:coverage\.)?run\][^[]*^\s*source/m.test(text)) return true;
  }
  return false;
}

async function canImport(python: string, module: string, worktree: string): Promise<boolean> {
  const result = await runProcess({
    argv: [python, '-c', `import ${module}`],
    cwd: worktree,
    env: childEnvironment(),
    timeoutMs: 30_000,
    signal: new AbortController().signal,
  }).catch(() => undefined);
  return result?.exitCode === 0;
}
