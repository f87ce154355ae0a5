/**
 * Reads the events of `go test -json`, one JSON object a line; what else is printed between them (the toolchain's own
 * messages, output of older versions) is kept for the message of a package that failed as a whole: one that does not
 * build, whose TestMain fails, or that ends in the middle of a test. A test with subtests counts by its subtests.
 */
import { z } from 'zod';
import { TestTally, unreadableReport } from './test-results.js';
import type { TestResults } from './test-results.js';

const eventSchema = z.object({
  Action: z.string(),
  Package: z.string().optional(),
  Test: z.string().optional(),
  Output: z.string().optional(),
  ImportPath: z.string().optional(),
  FailedBuild: z.string().optional(),
});
type GoEvent = z.infer<typeof eventSchema>;

interface GoTest {
  readonly packageName: string;
  readonly name: string;
  outcome?: 'pass' | 'fail' | 'skip';
  output: string;
}

const MAXIMUM_OUTPUT = 4_000;

/** Throws VishkarError `TEST_REPORT_UNREADABLE`. A package whose end was not reported counts as one failure. */
export function readGoReport(text: string): TestResults {
  const run = readRun(text);
  const tally = new TestTally();
  for (const [name, { outcome, output }] of run.packages) {
    const tests = [...run.tests.values()].filter(({ packageName }) => packageName === name);
    const before = tally.failed;
    for (const test of tests) tallyTest(test, tests, tally);
    if (outcome === undefined)
      tally.fail({ name, file: name, message: `The run ended before the end of the package.\n${output}` });
    else if (outcome === 'fail' && tally.failed === before)
      tally.fail({ name, file: name, message: output || 'The package failed outside of its tests.' });
  }
  return tally.results();
}

/** Tests that had started and not ended, as `package.Test`. */
export function runningGoTests(text: string): readonly string[] {
  const open = [...readRun(text).tests.values()].filter(({ outcome }) => outcome === undefined);
  return open
    .filter(({ name }) => !open.some((other) => other.name.startsWith(`${name}/`)))
    .map(({ packageName, name }) => `${packageName}.${name}`);
}

function tallyTest(test: GoTest, tests: readonly GoTest[], tally: TestTally): void {
  const inner = tests.filter(({ name }) => name.startsWith(`${test.name}/`));
  const failsByInner = inner.some(({ outcome }) => outcome === 'fail');
  if (inner.length > 0 && (test.outcome !== 'fail' || failsByInner)) return;
  const place = { name: test.name, file: test.packageName };
  if (test.outcome === 'pass') tally.pass(place);
  else if (test.outcome === 'skip') tally.skip(place);
  else tally.fail({ ...place, message: test.output.replace(/^=== \w+ .*\n/gm, '') });
}

interface GoPackage {
  outcome?: 'pass' | 'fail' | 'skip';
  output: string;
}

function readRun(text: string) {
  const packages = new Map<string, GoPackage>();
  const tests = new Map<string, GoTest>();
  const builds = new Map<string, string>();
  let seen = 0;
  for (const line of text.split('\n')) {
    const event = parseEvent(line);
    if (event === undefined) continue;
    seen += 1;
    const { Action, Output = '', Package, Test, ImportPath } = event;
    if (ImportPath !== undefined && Action === 'build-output')
      builds.set(ImportPath, keep(builds.get(ImportPath) ?? '', Output));
    if (Package === undefined) continue;
    const owner = packages.get(Package) ?? { output: '' };
    packages.set(Package, owner);
    const test = Test === undefined ? undefined : testOf(tests, Package, Test);
    const target = test ?? owner;
    if (Action === 'output') target.output = keep(target.output, Output);
    else if (Action === 'pass' || Action === 'fail' || Action === 'skip') target.outcome = Action;
    if (event.FailedBuild !== undefined) owner.output = keep(owner.output, builds.get(event.FailedBuild) ?? '');
  }
  if (seen === 0) throw unreadableReport('go test', 'it holds no event');
  return { packages, tests };
}

function parseEvent(line: string): GoEvent | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return eventSchema.safeParse(JSON.parse(line)).data;
  } catch {
    // A line that a program printed past the test runner, or the last one of a run that was killed.
    return undefined;
  }
}

function testOf(tests: Map<string, GoTest>, packageName: string, name: string): GoTest {
  const key = `${packageName}\n${name}`;
  const known = tests.get(key) ?? { packageName, name, output: '' };
  tests.set(key, known);
  return known;
}

const keep = (before: string, more: string): string =>
  before.length >= MAXIMUM_OUTPUT ? before : (before + more).slice(0, MAXIMUM_OUTPUT);
