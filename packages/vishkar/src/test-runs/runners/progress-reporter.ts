/**
 * Tells which test was running when a run had to be killed: runners write their reports at the end, so a hung test
 * would stay nameless. Each runner loads a few lines of reporter from our output folder, which append a line per
 * start and end; the project is not touched. The sources are text because they run inside the project's runner.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Set for the reporter; the file it appends to. */
export const PROGRESS_VARIABLE = 'VISHKAR_TEST_PROGRESS';

const NOTE_JS = `(kind, test) => appendFileSync(process.env.${PROGRESS_VARIABLE}, JSON.stringify([kind, test]) + '\\n')`;

const SOURCES = {
  'vitest.mjs': `import { appendFileSync } from 'node:fs';
const note = ${NOTE_JS};
const name = (test) => test.module.relativeModuleId + ' > ' + test.fullName;
export default class {
  onTestModuleStart(module) { note('start', module.relativeModuleId); }
  onTestModuleEnd(module) { note('end', module.relativeModuleId); }
  onTestCaseReady(test) { note('start', name(test)); }
  onTestCaseResult(test) { note('end', name(test)); }
}
`,
  'jest.cjs': `const { appendFileSync } = require('node:fs');
const note = ${NOTE_JS};
const name = (test, info) => test.path + ' > ' + [...info.ancestorTitles, info.title].join(' > ');
module.exports = class {
  onTestFileStart(test) { note('start', test.path); }
  onTestFileResult(test) { note('end', test.path); }
  onTestCaseStart(test, info) { note('start', name(test, info)); }
  onTestCaseResult(test, info) { note('end', name(test, info)); }
};
`,
  // Mocha's own JSON reporter and this one can't run side by side, so it also writes the results, in jest's form.
  'mocha.cjs': `const { appendFileSync, writeFileSync } = require('node:fs');
const note = ${NOTE_JS};
module.exports = class {
  constructor(runner) {
    const files = new Map();
    const add = (test, status, error) => {
      const file = test.file ?? '';
      if (!files.has(file)) files.set(file, { name: file, status: 'passed', assertionResults: [] });
      const entry = files.get(file);
      if (status === 'failed') entry.status = status;
      const message = error === undefined ? [] : [String(error.stack ?? error.message ?? error)];
      // A retried test tells its last try only; a hook that fails is told by its own title.
      entry.assertionResults.push({ fullName: test.fullTitle(), status, failureMessages: message });
      console.log('  ' + status + ': ' + test.fullTitle());
      if (error !== undefined) console.log(message[0]);
    };
    const name = (test) => (test.file ?? '') + ' > ' + test.fullTitle();
    runner.on('test', (test) => note('start', name(test)));
    runner.on('test end', (test) => note('end', name(test)));
    runner.on('pass', (test) => add(test, 'passed'));
    runner.on('pending', (test) => add(test, 'skipped'));
    runner.on('fail', (test, error) => add(test, 'failed', error));
    runner.on('end', () => {
      const testResults = [...files.values()];
      const success = testResults.every(({ status }) => status === 'passed');
      writeFileSync(process.env.VISHKAR_MOCHA_REPORT, JSON.stringify({ success, testResults }));
    });
  }
};
`,
  'node-test.mjs': `import { appendFileSync } from 'node:fs';
const note = ${NOTE_JS};
const name = ({ file, name }) => (file === undefined || file === name ? name : file + ' > ' + name);
export default async function* (events) {
  for await (const { type, data } of events) {
    if (type === 'test:dequeue') note('start', name(data));
    if (type === 'test:complete') note('end', name(data));
  }
}
`,
  'vishkar_progress.py': `import json, os

def _note(kind, test):
    with open(os.environ["${PROGRESS_VARIABLE}"], "a") as file:
        file.write(json.dumps([kind, test]) + "\\n")

def pytest_runtest_logstart(nodeid, location):
    _note("start", nodeid)

def pytest_runtest_logfinish(nodeid, location):
    _note("end", nodeid)
`,
} as const;

/** Writes the reporter into the folder and returns its path and the file that it will append to. */
export async function writeProgressReporter(
  outputFolder: string,
  name: keyof typeof SOURCES,
): Promise<{ readonly reporter: string; readonly progressPath: string; readonly environment: Record<string, string> }> {
  const reporter = join(outputFolder, name);
  const progressPath = join(outputFolder, 'progress.jsonl');
  await writeFile(reporter, SOURCES[name]);
  return { reporter, progressPath, environment: { [PROGRESS_VARIABLE]: progressPath } };
}

/** Names of what had started and not ended: tests first, and their files only where no test of them is known. */
export async function unfinishedTests(progressPath: string): Promise<readonly string[]> {
  // No file: the run was killed before its first test.
  const text = await readFile(progressPath, 'utf8').catch(() => '');
  const running = new Set<string>();
  for (const line of text.split('\n')) {
    const [kind, test] = parseLine(line);
    if (kind === 'start' && test !== undefined) running.add(test);
    else if (test !== undefined) running.delete(test);
  }
  return [...running].filter((name) => ![...running].some((other) => other.startsWith(`${name} > `)));
}

/** A killed process may have written half a line. */
function parseLine(line: string): readonly [string?, string?] {
  try {
    const value: unknown = JSON.parse(line);
    return Array.isArray(value) && value.every((each) => typeof each === 'string')
      ? [value[0] ?? '', value[1] ?? '']
      : [];
  } catch {
    return [];
  }
}
