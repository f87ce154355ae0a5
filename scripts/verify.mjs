/**
 * `npm run verify`: everything that can be checked without running the tests. Every check runs, its time is
 * printed, and what failed is shown in full at the end, with the command that repeats it.
 *
 *   npm run verify                 all checks
 *   npm run verify -- --bail       stops at the first failure
 *   npm run verify -- lint knip    only the named checks
 */
import { availableParallelism } from 'node:os';
import { runCommand, say, seconds, tool } from './run-command.mjs';
import { SetUpError, build, install, setUpOrExit } from './set-up.mjs';

const published = ['temporal-embedded', 'vishkar'];
const node = (...args) => ({ command: process.execPath, args });
const repeat = (text) => ({ repeat: text });

/** In this order; two at a time where there are two cores. The slow ones come first. */
const checks = [
  { name: 'lint', ...node(...tool('eslint/bin/eslint.js', '.', '--max-warnings=0')), ...repeat('npx eslint .') },
  {
    name: 'types',
    ...node(...tool('typescript/bin/tsc', '-b', 'tsconfig.test.json')),
    ...repeat('npx tsc -b tsconfig.test.json'),
  },
  {
    name: 'types of tools',
    ...node(...tool('typescript/bin/tsc', '-p', 'tsconfig.tools.json')),
    ...repeat('npx tsc -p tsconfig.tools.json'),
  },
  {
    name: 'format',
    ...node(...tool('prettier/bin/prettier.cjs', '--check', '.', '--log-level=warn')),
    ...repeat('npm run format'),
  },
  {
    name: 'dependency rules',
    ...node(...tool('dependency-cruiser/bin/dependency-cruise.mjs', '--config', '.dependency-cruiser.cjs', 'packages')),
    ...repeat('npx depcruise --config .dependency-cruiser.cjs packages'),
  },
  { name: 'unused code', ...node(...tool('knip/bin/knip.js')), ...repeat('npx knip') },
  { name: 'docs', ...node('scripts/check-docs.mjs'), ...repeat('node scripts/check-docs.mjs') },
  {
    // Tests that compare a generated document with the source, in each package's test/docs.
    name: 'generated docs',
    ...node(...tool('vitest/vitest.mjs', 'run', 'test/docs/')),
    ...repeat('npx vitest run test/docs/'),
  },
  { name: 'lockfile', ...node('scripts/check-lockfile.mjs'), ...repeat('node scripts/check-lockfile.mjs') },
  ...published.flatMap((name) => [
    {
      name: `publint ${name}`,
      ...node(...tool('publint/src/cli.js', `packages/${name}`, '--strict')),
      ...repeat(`npx publint packages/${name} --strict`),
    },
    {
      name: `package types ${name}`,
      ...node(...tool('@arethetypeswrong/cli/dist/index.js', '--pack', `packages/${name}`, '--profile', 'esm-only')),
      ...repeat(`npx attw --pack packages/${name} --profile esm-only`),
    },
  ]),
];

const args = process.argv.slice(2);
const isBail = args.includes('--bail');
const wanted = args.filter((arg) => !arg.startsWith('--'));
const queue = wanted.length === 0 ? checks : checks.filter(({ name }) => wanted.some((word) => name.includes(word)));
if (queue.length === 0) {
  say(`No check is called ${wanted.join(' or ')}. There are: ${checks.map(({ name }) => name).join(', ')}`);
  process.exit(1);
}

const report = (name, isOk, ms) => say(`${name.padEnd(34)} ${isOk ? 'ok    ' : 'FAILED'} ${seconds(ms).padStart(8)}`);

const startedAt = performance.now();
await setUpOrExit(install);

const failures = [];
try {
  await build();
  report('build', true, performance.now() - startedAt);
} catch (error) {
  // The other checks run all the same: they have their own to say.
  if (!(error instanceof SetUpError)) throw error;
  report('build', false, performance.now() - startedAt);
  failures.push({ name: 'build', repeat: 'npm run build', output: error.message });
}
const pending = [...queue];
async function work() {
  for (let check = pending.shift(); check !== undefined; check = pending.shift()) {
    if (isBail && failures.length > 0) return;
    const { code, output, ms } = await runCommand(check.command, check.args, { doing: `checking ${check.name}` });
    report(check.name, code === 0, ms);
    if (code !== 0) failures.push({ ...check, output });
  }
}
await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, work));

for (const { name, repeat: command, output } of failures) {
  say(`\n--- ${name} failed; repeat it with: ${command}\n${output.trim()}`);
}
const total = seconds(performance.now() - startedAt);
if (failures.length === 0) say(`\nVerified in ${total}: all ${queue.length + 1} checks hold.`);
else
  say(
    `\n${failures.length} of ${queue.length + 1} checks failed in ${total}: ${failures.map((f) => f.name).join(', ')}`,
  );
process.exitCode = failures.length > 0 ? 1 : 0;
