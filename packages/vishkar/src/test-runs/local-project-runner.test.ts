import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { itNeeds, need, pytest, pytestCoverage } from '@vishkar/testkit';
import { describe, expect, it } from 'vitest';
import { projectOf as project } from '../../test/support/project-of.js';
import { testGate } from '../domain/gate.js';
import type { CommandsConfig } from './commands-config.js';
import type { LocalProjectRunner } from './local-project-runner.js';

const OUR_MODULES = fileURLToPath(new URL('../../../../node_modules', import.meta.url));

const manifest = (scripts: Record<string, string>, rest: object = {}) =>
  JSON.stringify({ name: 'fixture', type: 'module', scripts, ...rest });

const HALF_COVERED = `export function sign(x) {
  if (x < 0) {
    return -1;
  }
  return 1;
}
`;

const WHOLE_FILE_ADDED =
  `diff --git a/src/sign.js b/src/sign.js\nnew file mode 100644\n--- /dev/null\n+++ b/src/sign.js\n@@ -0,0 +1,6 @@\n` +
  HALF_COVERED.replace(/^(?=.)/gm, '+');

const passesGate = (
  report: Awaited<ReturnType<LocalProjectRunner['runTests']>>['report'],
  minimumCoveragePercent = 0,
) => testGate({ ...report, artifacts: [] }, { minimumPassRatePercent: 100, minimumCoveragePercent }).passed;

describe('node:test projects', () => {
  const test = (...lines: string[]) =>
    `import test from 'node:test';\nimport assert from 'node:assert';\nimport { sign } from '../src/sign.js';\n${lines.join('\n')}\n`;
  const good = "test('one is positive', () => assert.equal(sign(1), 1));";

  it('gives counts, coverage in total and of changed lines, and leaves the project as it was', async () => {
    const { worktree, runTests } = project({
      'package.json': manifest({ test: 'node --test' }),
      'src/sign.js': HALF_COVERED,
      'test/sign.test.js': test(good, "test.skip('later', () => {});"),
    });
    const { report, files, notes } = await runTests(WHOLE_FILE_ADDED);
    expect(report).toMatchObject({ runner: 'node:test', exitCode: 0, passed: 1, failed: 0, skipped: 1, failures: [] });
    // Lines 3 and 4 of 6; the test file itself does not count.
    expect(report.coverage?.totalPercent).toBeCloseTo(66.67, 1);
    expect(report.coverage).toMatchObject({ changedLines: 6 });
    expect(report.coverage?.changedPercent).toBeCloseTo(66.67, 1);
    expect(files.map(({ name }) => name)).toEqual(['test-log', 'junit', 'lcov', 'uncovered-lines']);
    expect(notes).toEqual([]);
    expect(execFileSync('find', [worktree, '-type', 'f'], { encoding: 'utf8' }).trim().split('\n')).toHaveLength(3);
    expect(passesGate(report, 60)).toBe(true);
    expect(passesGate(report, 80)).toBe(false);
  });

  it('tells which test failed', async () => {
    const { runTests } = project({
      'package.json': manifest({ test: 'node --test' }),
      'src/sign.js': HALF_COVERED,
      'test/sign.test.js': test(good, "test('minus is negative', () => assert.equal(sign(-1), 1));"),
    });
    const { report } = await runTests();
    expect(report).toMatchObject({ exitCode: 1, passed: 1, failed: 1, failures: [{ name: 'minus is negative' }] });
    expect(report.failures[0]?.message).toContain('-1 == 1');
  });

  it('kills a test that hangs and names it', async () => {
    const { runTests } = project(
      {
        'package.json': manifest({ test: 'node --test' }),
        'src/sign.js': HALF_COVERED,
        'test/sign.test.js': test(
          good,
          "test('waits for ever', () => new Promise(() => setInterval(() => {}, 1000)));",
        ),
      },
      { test: { runner: 'node:test', args: [], timeoutMs: 10_000 } },
    );
    const { report } = await runTests();
    expect(report).toMatchObject({ timedOut: true, exitCode: -1 });
    // The runner may have the time to report the file of the test, too.
    expect(report.failures).toContainEqual({
      name: expect.stringContaining('waits for ever') as string,
      file: '',
      message: expect.stringContaining('killed') as string,
    });
    expect(passesGate(report)).toBe(false);
  });

  it('does not pass without a test, though the command is content', async () => {
    const { runTests } = project({ 'package.json': manifest({ test: 'node --test' }), 'src/sign.js': HALF_COVERED });
    const { report } = await runTests();
    expect(report).toMatchObject({ exitCode: 0, passed: 0, failed: 0, failures: [{ name: 'the test run' }] });
    expect(passesGate(report)).toBe(false);
  });

  it('runs what the script does before the tests, and fails when that fails', async () => {
    const { worktree, runTests } = project({
      'package.json': manifest({ test: 'npm run prepare-it && node --test', 'prepare-it': 'touch prepared && exit 4' }),
      'src/sign.js': HALF_COVERED,
      'test/sign.test.js': test(good),
    });
    const { report } = await runTests();
    expect(existsSync(join(worktree, 'prepared'))).toBe(true);
    expect(report).toMatchObject({ exitCode: 4, passed: 0, failures: [{ name: 'the test run' }] });
    expect(passesGate(report)).toBe(false);
  });

  it('gives tests an environment without our secrets and a temporary folder of their own', async () => {
    process.env['VISHKAR_TEST_API_KEY'] = 'very secret';
    const { runTests } = project({
      'package.json': manifest({ test: 'node --test' }),
      'src/sign.js': HALF_COVERED,
      'test/sign.test.js': test(
        "import { existsSync } from 'node:fs';",
        "test('is clean', () => assert.deepEqual([process.env.VISHKAR_TEST_API_KEY, process.env.CI], [undefined, '1']));",
        "test('has a folder', () => assert.match(process.env.TMPDIR, /vishkar-run-/) ?? assert.ok(existsSync(process.env.TMPDIR)));",
      ),
    });
    const { report } = await runTests().finally(() => delete process.env['VISHKAR_TEST_API_KEY']);
    expect(report).toMatchObject({ passed: 2, failed: 0, failures: [] });
  });
});

describe('vitest projects', () => {
  const vitestProject = (
    files: Readonly<Record<string, string>>,
    script = 'vitest run',
    commands: CommandsConfig = {},
  ) => {
    const made = project(
      {
        'package.json': manifest({ test: script }, { devDependencies: { vitest: '*' } }),
        'src/sign.js': HALF_COVERED,
        ...files,
      },
      commands,
    );
    symlinkSync(OUR_MODULES, join(made.worktree, 'node_modules'));
    return made;
  };
  const test = (...lines: string[]) =>
    `import { expect, test } from 'vitest';\nimport { sign } from '../src/sign.js';\n${lines.join('\n')}\n`;
  const good = "test('one is positive', () => expect(sign(1)).toBe(1));";

  it('gives counts and coverage, and keeps the arguments of the script', async () => {
    const { runTests } = vitestProject(
      { 'test/sign.test.js': test(good), 'other/red.test.js': test("test('red', () => expect(1).toBe(2));") },
      'vitest --dir test',
    );
    const { report, files } = await runTests(WHOLE_FILE_ADDED);
    expect(report).toMatchObject({ runner: 'vitest', exitCode: 0, passed: 1, failed: 0 });
    // Two of the three statements: the branch for negative numbers is not taken.
    expect(report.coverage?.changedPercent).toBeCloseTo(66.67, 1);
    expect(files.map(({ name }) => name)).toEqual(['test-log', 'junit', 'lcov', 'uncovered-lines']);
    const uncovered = files.find(({ name }) => name === 'uncovered-lines')?.path ?? '';
    expect(JSON.parse(readFileSync(uncovered, 'utf8'))).toEqual([
      { path: 'src/sign.js', lines: [{ start: 3, end: 3 }] },
    ]);
  });

  it('tells what failed: a test, a hook, a file that does not load', async () => {
    const { runTests } = vitestProject({
      'test/red.test.js': test(good, "test('red', () => expect(sign(1)).toBe(2));"),
      'test/broken.test.js': "import './missing.js';\n",
      'test/hook.test.js': `import { afterAll } from 'vitest';\n${test(good, "afterAll(() => { throw new Error('not closed'); });")}`,
    });
    const { report } = await runTests();
    expect(report.exitCode).toBe(1);
    expect(report.failures.map(({ name, file }) => [name, file])).toEqual(
      expect.arrayContaining([
        ['red', 'test/red.test.js'],
        [expect.stringContaining('broken.test.js'), 'test/broken.test.js'],
      ]),
    );
    expect(passesGate(report)).toBe(false);
    // Also a red run says what it covered: the next round needs it.
    expect(report.coverage).toBeDefined();
  });

  it('notes when each test starts and ends, so that one that hangs has a name', async () => {
    const { runTests, progress } = vitestProject({ 'test/sign.test.js': test(good) });
    await runTests();
    expect(progress()).toEqual([
      ['start', 'test/sign.test.js'],
      ['start', 'test/sign.test.js > one is positive'],
      ['end', 'test/sign.test.js > one is positive'],
      ['end', 'test/sign.test.js'],
    ]);
  });
});

describe('jest projects', () => {
  const jest = need('jest (JEST_FOLDER: a node_modules with jest in it)', () => {
    const folder = process.env['JEST_FOLDER'] ?? OUR_MODULES;
    return existsSync(join(folder, 'jest')) ? folder : undefined;
  });

  itNeeds({ jest }, 'gives counts, failures and coverage', async ({ jest: modules }) => {
    const { worktree, runTests, progress } = project({
      'package.json': JSON.stringify({ scripts: { test: 'jest' }, devDependencies: { jest: '*' } }),
      'src/sign.js': HALF_COVERED.replace('export function', 'exports.sign = function'),
      'test/sign.test.js':
        "const { sign } = require('../src/sign.js');\ntest('good', () => expect(sign(1)).toBe(1));\n" +
        "test('red', () => expect(sign(1)).toBe(2));\ntest.skip('later', () => {});\n",
      'test/broken.test.js': "require('./missing.js');\n",
    });
    symlinkSync(modules, join(worktree, 'node_modules'));
    const { report } = await runTests(WHOLE_FILE_ADDED);
    expect(report).toMatchObject({ runner: 'jest', exitCode: 1, passed: 1, failed: 2, skipped: 1 });
    expect(report.failures.map(({ name }) => name)).toEqual(expect.arrayContaining(['red']));
    expect(report.coverage?.changedPercent).toBeGreaterThan(50);
    expect(progress()).toContainEqual(['end', `${join(worktree, 'test/sign.test.js')} > good`]);
  });
});

describe('mocha projects', () => {
  const mocha = need('mocha (JEST_FOLDER: a node_modules with mocha and c8 in it)', () => {
    const folder = process.env['JEST_FOLDER'] ?? OUR_MODULES;
    return ['mocha', 'c8'].every((name) => existsSync(join(folder, name))) ? folder : undefined;
  });

  itNeeds({ mocha }, 'gives counts, failures and coverage', async ({ mocha: modules }) => {
    const { worktree, runTests, progress } = project({
      'package.json': manifest({ test: 'mocha' }, { devDependencies: { mocha: '*', c8: '*' } }),
      'src/sign.js': HALF_COVERED,
      'test/sign.test.js':
        "import assert from 'node:assert';\nimport { sign } from '../src/sign.js';\n" +
        "it('good', () => assert.equal(sign(1), 1));\nit('red', () => assert.equal(sign(1), 2));\n" +
        "it.skip('later', () => {});\nafter(() => { throw new Error('not closed'); });\n",
    });
    symlinkSync(modules, join(worktree, 'node_modules'));
    const { report } = await runTests(WHOLE_FILE_ADDED);
    expect(report).toMatchObject({ runner: 'mocha', passed: 1, failed: 2, skipped: 1 });
    expect(report.failures.map(({ name }) => name)).toEqual(['red', expect.stringContaining('"after all" hook')]);
    expect(report.coverage?.changedPercent).toBeCloseTo(66.67, 1);
    expect(progress()).toContainEqual(['end', `${join(worktree, 'test/sign.test.js')} > good`]);
  });
});

describe('pytest projects', () => {
  const files = {
    'pyproject.toml': '[tool.pytest.ini_options]\ntestpaths = ["tests"]\npythonpath = ["."]\n',
    'sign.py': 'def sign(x):\n    if x < 0:\n        return -1\n    return 1\n',
    'tests/test_sign.py':
      'import pytest\nfrom sign import sign\n\n\ndef test_one():\n    assert sign(1) == 1\n\n\n' +
      'def test_red():\n    assert sign(1) == 2\n\n\n@pytest.mark.skip\ndef test_later():\n    pass\n',
  };

  itNeeds({ pytest }, 'gives counts and failures, and leaves the project as it was', async ({ pytest: python }) => {
    const { worktree, runTests, progress } = project(files, { python });
    const { report, notes } = await runTests();
    expect(report).toMatchObject({ runner: 'pytest', exitCode: 1, passed: 1, failed: 1, skipped: 1 });
    expect(report.failures).toEqual([
      { name: 'test_red', file: 'tests/test_sign.py', message: expect.stringContaining('assert 1 == 2') as string },
    ]);
    expect(progress().slice(0, 2)).toEqual([
      ['start', 'tests/test_sign.py::test_one'],
      ['end', 'tests/test_sign.py::test_one'],
    ]);
    expect(report.coverage === undefined).toBe(notes?.some((note) => note.includes('no pytest-cov')));
    expect(execFileSync('find', [worktree, '-type', 'f'], { encoding: 'utf8' }).trim().split('\n')).toHaveLength(3);
  });

  itNeeds({ pytestCoverage }, 'measures coverage with pytest-cov', async ({ pytestCoverage: python }) => {
    const { runTests } = project(files, { python });
    const { report } = await runTests();
    expect(report.coverage?.totalPercent).toBe(75);
  });
});

describe('configured test commands', () => {
  const writeReport = (xml: string) => [
    'node',
    '-e',
    `require('fs').writeFileSync('report.xml', ${JSON.stringify(xml)})`,
  ];

  it('reads the reports that the command says it writes', async () => {
    const argv = writeReport('<testsuite><testcase name="a"/></testsuite>');
    const { report, notes } = await project({}, { test: { argv, junit: 'report.xml' } }).runTests();
    expect(report).toMatchObject({ runner: 'command', exitCode: 0, passed: 1 });
    expect(notes).toEqual(['No coverage: none is configured for this command.']);
  });

  it('does not take a report of an earlier run for this one', async () => {
    const stale = { 'report.xml': '<testsuite><testcase name="a"/></testsuite>' };
    const { report } = await project(stale, { test: { argv: ['true'], junit: 'report.xml' } }).runTests();
    expect(report).toMatchObject({ exitCode: 0, passed: 0 });
    expect(report.failures[0]?.message).toContain('left no report');
  });

  it('reads TAP, and does not take a red test for a flaky one', async () => {
    const argv = ['sh', '-c', 'printf "1..2\\nok 1 - a\\nnot ok 2 - b\\n" > report.tap; exit 1'];
    const { report, files } = await project({}, { test: { argv, tap: 'report.tap' } }).runTests('', 1);
    expect(report).toMatchObject({ exitCode: 1, passed: 1, failed: 1, failures: [{ name: 'b' }] });
    expect(report.flaky).toBeUndefined();
    expect(files.map(({ name }) => name)).toEqual(['test-log', 'tap', 'test-log-again', 'tap-again']);
  });

  it('tells a flaky test from a red one by running again', async () => {
    const argv = ['sh', '-c', 'test -e ran && r=ok || r="not ok"; touch ran; printf "1..1\\n$r 1 - a\\n" > report.tap'];
    const { report } = await project({}, { test: { argv, tap: 'report.tap' } }).runTests('', 1);
    expect(report).toMatchObject({ passed: 1, failed: 0, flaky: [{ name: 'a' }] });
  });

  it('counts a report that is cut off as a failed run', async () => {
    const argv = writeReport('<testsuite><testcase name="a"/>');
    const { report } = await project({}, { test: { argv, junit: 'report.xml' } }).runTests();
    expect(report.failures[0]?.message).toContain("The JUnit report can't be read");
    expect(passesGate(report)).toBe(false);
  });
});

describe("a project's other commands", () => {
  it('come from scripts in the order in which they make sense, without an install when all is in reach', async () => {
    const { commands } = project({
      'package.json': manifest({ lint: 'eslint', build: 'tsc', start: 'node server.js' }),
      'pnpm-lock.yaml': '',
    });
    expect((await commands()).map(({ name, argv, staysUpForMs }) => [name, argv.join(' '), staysUpForMs])).toEqual([
      ['build', 'pnpm run build', undefined],
      ['lint', 'pnpm run lint', undefined],
      ['smoke', 'pnpm run start', 5_000],
    ]);
  });

  it('begin with an install when something declared is missing', async () => {
    const missing = { 'package.json': manifest({}, { dependencies: { 'not-here': '1.0.0' } }) };
    expect((await project(missing).commands())[0]?.argv).toEqual(['npm', 'install', '--no-package-lock']);
    expect((await project({ ...missing, 'package-lock.json': '{}' }).commands())[0]?.argv).toEqual(['npm', 'ci']);
  });

  it('come from the configuration where it says so, or are said to be absent', async () => {
    const { commands } = project(
      { 'package.json': manifest({ lint: 'eslint', build: 'tsc' }) },
      { lint: false, build: ['make'], smoke: { argv: ['./smoke'], timeoutMs: 5 } },
    );
    expect((await commands()).map(({ name, argv }) => [name, ...argv])).toEqual([
      ['build', 'make'],
      ['smoke', './smoke'],
    ]);
  });

  it('give their exit code and their log', async () => {
    const { runCommand, lines } = project({ 'package.json': manifest({ lint: "echo 'two faults' && exit 2" }) });
    const result = await runCommand('lint');
    expect(result).toMatchObject({ name: 'lint', command: 'npm run lint', exitCode: 2, timedOut: false });
    expect(readFileSync(result.logPath, 'utf8')).toContain('two faults');
    expect(lines).toContain('two faults');
  });

  it('are killed when they take too long', async () => {
    const { runCommand } = project({}, { build: { argv: ['sleep', '100'], timeoutMs: 200 } });
    expect(await runCommand('build')).toMatchObject({ exitCode: -1, timedOut: true });
  });

  it('pass a server that is still up, and fail one that is not', async () => {
    const server = (code: string) =>
      project({ 'package.json': manifest({ start: `node -e "${code}"` }) }).runCommand('smoke');
    expect(await server('setInterval(() => {}, 1000)')).toMatchObject({ exitCode: 0, timedOut: false });
    expect(await server('process.exit(7)')).toMatchObject({ exitCode: 7 });
  });

  it('say how to configure tests when there are none', async () => {
    await expect(project({ 'package.json': manifest({ test: 'mocha' }) }).runTests()).rejects.toMatchObject({
      code: 'TEST_RUNNER_NOT_FOUND',
      hint: expect.stringContaining('vishkar.config.json') as string,
    });
  });

  it('say what is wrong with a manifest that cannot be read', async () => {
    await expect(project({ 'package.json': '{' }).commands()).rejects.toMatchObject({ code: 'PROJECT_UNREADABLE' });
  });
});
