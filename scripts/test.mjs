/**
 * `npm test`: sets up, runs the tests of all packages, and ends with one line: `N passed, N failed`.
 * Before that line it lists what was skipped and why. Exits with 1 when anything failed or nothing ran.
 *
 *   npm test                      everything
 *   npm test -- update queries    only files whose path contains one of the words
 *   npm test -- --timings         also lists how long each file took
 *   npm test -- --coverage        also measures coverage (coverage/index.html)
 *
 * `npm run chaos` is the same for the long tests (`*.long.test.ts`), which `npm test` leaves out; with `--short`
 * they do fewer rounds: such a test reads VISHKAR_LONG_TESTS, which is `short` or `full`.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, say, seconds, tool } from './run-command.mjs';
import { SetUpError, setUp } from './set-up.mjs';

const args = process.argv.slice(2);
const showTimings = args.includes('--timings');
const isLong = args.includes('--long');
const vitestArgs = args.filter((arg) => !['--timings', '--long', '--short'].includes(arg));

function runVitest(totalsFile) {
  const reporters = ['--reporter=default', `--reporter=${root}/scripts/test-totals-reporter.mjs`];
  const child = spawn(process.execPath, tool('vitest/vitest.mjs', 'run', ...reporters, ...vitestArgs), {
    cwd: root,
    env: {
      ...process.env,
      VISHKAR_TEST_TOTALS: totalsFile,
      ...(isLong && { VISHKAR_LONG_TESTS: args.includes('--short') ? 'short' : 'full' }),
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return new Promise((resolve) => {
    child.once('error', () => resolve(1));
    child.once('close', (code) => resolve(code ?? 1));
  });
}

function readTotals(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    // Vitest ended before it could report: the failure is counted below, by its exit code.
    return { passed: 0, failed: 0, skipped: [], unhandled: 0, files: [] };
  }
}

function printSkipped(skipped) {
  if (skipped.length === 0) return;
  const byReason = new Map();
  for (const { file, title, note } of skipped) {
    const reason = note ?? /\(skipped: (.+)\)/.exec(title)?.[1] ?? 'no reason given';
    byReason.set(reason, [...(byReason.get(reason) ?? []), `${file} > ${title.replace(/ \(skipped: .+\)/, '')}`]);
  }
  console.log(`\n${skipped.length} skipped:`);
  for (const [reason, tests] of byReason) {
    console.log(`  skipped: ${reason}`);
    for (const test of tests) console.log(`    ${test}`);
  }
}

function printTimings(files) {
  console.log('\nSlowest files first:');
  for (const { file, ms } of files.toSorted((a, b) => b.ms - a.ms))
    console.log(`  ${seconds(ms).padStart(8)}  ${file}`);
}

const folder = mkdtempSync(join(tmpdir(), 'vishkar-test-totals-'));
let passed = 0;
let failed = 0;
try {
  await setUp();
  const code = await runVitest(join(folder, 'totals.json'));
  const totals = readTotals(join(folder, 'totals.json'));
  ({ passed, failed } = totals);
  if (showTimings) printTimings(totals.files);
  printSkipped(totals.skipped);
  if (totals.unhandled > 0)
    console.log(`\n${totals.unhandled} of the failures are errors outside of any test (above).`);
  if (passed + failed === 0) {
    failed = 1;
    console.log('\nNo test ran: that is a failure.');
  } else if (code !== 0 && failed === 0) {
    failed = 1;
    console.log(`\nThe test runner ended with ${code} although no test failed: that is a failure.`);
  }
} catch (error) {
  if (!(error instanceof SetUpError)) throw error;
  failed = 1;
  say(error.message);
  console.log('\nNo test ran, because the set-up failed: that is a failure.');
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
