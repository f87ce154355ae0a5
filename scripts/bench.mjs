/**
 * `npm run bench`: sets up, then measures on the built packages, as users have them, each benchmark in a process of its own.
 *
 *   npm run bench                     both benchmarks
 *   npm run bench -- service ...      the embedded service beside the official dev server
 *   npm run bench -- stories ...      what stories cost on the embedded service
 *   npm run bench -- --quick          a short form of both
 *   npm run bench -- --write          also puts the tables into docs/benchmarks.md
 *
 * All other arguments are for a benchmark that is named; they stand at the head of its file.
 */
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, say } from './run-command.mjs';
import { setUpOrExit } from './set-up.mjs';

const benchmarks = {
  service: 'packages/temporal-embedded/test/bench/main.mjs',
  stories: 'packages/vishkar/test/bench/stories.mjs',
};
const page = join(root, 'docs/benchmarks.md');

const args = process.argv.slice(2);
const isWriting = args.includes('--write');
const [first, ...others] = args.filter((arg) => arg !== '--write');
const isOne = first !== undefined && !first.startsWith('-');
if (isOne && !(first in benchmarks)) {
  say(`No benchmark is called ${first}. There are: ${Object.keys(benchmarks).join(', ')}`);
  process.exit(2);
}
const chosen = isOne ? [first] : Object.keys(benchmarks);
const passedOn = isOne || first === undefined ? others : [first, ...others];
const ofOneOnly = isOne ? undefined : passedOn.find((arg) => arg !== '--quick' && arg !== '--json');
if (ofOneOnly !== undefined) {
  say(`${ofOneOnly} is for one benchmark; name it first: npm run bench -- service ${passedOn.join(' ')}`);
  process.exit(2);
}

/** Resolves with `{ code, output }`; what the benchmark prints is printed here as it comes. */
function run(name) {
  const child = spawn(process.execPath, [join(root, benchmarks[name]), ...passedOn], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text;
    process.stdout.write(text);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 1, output: output.trim() }));
  });
}

/** The part of the page between the markers of a benchmark; its first lines say command and machine. */
function write(name, output) {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`];
  const [command, ...rest] = output.split('\n');
  const table = rest
    .join('\n')
    .trim()
    .replace(/\n(?=\|)/, '\n\n')
    .replace(/\n\n\n+/g, '\n\n');
  const text = readFileSync(page, 'utf8');
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from === -1 || to === -1) throw new Error(`${page} has no place for ${name}: ${begin} ... ${end}`);
  writeFileSync(page, `${text.slice(0, from)}${begin}\n\n\`${command}\`\n\n${table}\n\n${text.slice(to)}`);
}

await setUpOrExit();
for (const name of chosen) {
  const { code, output } = await run(name);
  if (code !== 0) process.exitCode = code;
  else if (isWriting) write(name, output);
}
