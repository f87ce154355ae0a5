/**
 * Makes the working copy ready to run: packages installed, sources built. Called by everything that needs it
 * (`npm start`, `npm test`, `npm run verify`, ...), so nobody has to know; where nothing changed it takes a second.
 */
import { chmodSync, existsSync, readFileSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { root, runCommand, say, seconds, tool } from './run-command.mjs';

/** Thrown when a step of the set-up failed; the message holds what went wrong and what to do. */
export class SetUpError extends Error {}

const readJson = (path) => JSON.parse(readFileSync(join(root, path), 'utf8'));

/** Installs and builds what is missing or out of date. Throws SetUpError. */
export async function setUp() {
  await install();
  await build();
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new SetUpError(`Vishkar needs Node 20.19 or newer; this is ${process.version}. See https://nodejs.org`);
}

/**
 * True when node_modules holds what package-lock.json asks for. npm leaves a lockfile of what it installed in
 * there, and writes it last: an installation that was cut off, or that is older than the lock, differs from it.
 */
function isInstalled() {
  if (!existsSync(join(root, 'node_modules/.package-lock.json'))) return false;
  const installed = readJson('node_modules/.package-lock.json').packages;
  const wanted = Object.entries(readJson('package-lock.json').packages);
  return wanted.every(
    ([path, entry]) =>
      // Optional packages are left out on platforms that they are not for.
      !path.startsWith('node_modules/') || entry.optional || installed[path]?.version === entry.version,
  );
}

/** Installs the packages, unless they are there. Throws SetUpError. */
export async function install() {
  requireNode();
  if (isInstalled()) return;
  // `ci` takes the lock literally, but starts from nothing: an existing folder is brought up to date instead.
  const mode = existsSync(join(root, 'node_modules')) ? 'install' : 'ci';
  say(`Set-up: installing packages (npm ${mode}); the first time takes a minute or two ...`);
  // Inside `npm start` and `npm test` this is the npm that runs us; npm sets the variable.
  const npm = process.env.npm_execpath?.endsWith('.js') ? [process.execPath, process.env.npm_execpath] : ['npm'];
  const [command, ...first] = npm;
  const { code, output, ms } = await runCommand(
    command,
    [...first, mode, '--no-save', '--include=dev', '--no-audit', '--no-fund'],
    {
      doing: 'installing',
    },
  );
  if (code !== 0) throw new SetUpError(`${output}\nnpm ${mode} failed (see above). Is the npm registry reachable?`);
  say(`Set-up: packages installed in ${seconds(ms)}.`);
}

/** Builds what is out of date. Throws SetUpError with the compiler's words. */
export async function build() {
  const isFirst = !existsSync(join(root, 'packages/vishkar/dist/.tsbuildinfo'));
  if (isFirst) say('Set-up: building (tsc -b) ...');
  const { code, output, ms } = await runCommand(process.execPath, tool('typescript/bin/tsc', '-b'), {
    doing: 'building',
  });
  forEachPackage(removeOrphans);
  forEachPackage(linkCommands);
  if (code !== 0) throw new SetUpError(`${output}\nThe build failed (see above).`);
  if (isFirst || ms > 3000) say(`Set-up: built in ${seconds(ms)}.`);
  const bundling = await runCommand(process.execPath, ['packages/vishkar/scripts/bundle-workflows.mjs'], {
    doing: 'bundling the workflows',
  });
  if (bundling.code !== 0) throw new SetUpError(`${bundling.output}\nThe workflows could not be bundled (see above).`);
}

function forEachPackage(action) {
  for (const name of readdirSync(join(root, 'packages'))) action(join(root, 'packages', name));
}

/** The compiler leaves the output of sources that are gone; it must neither be imported nor published. */
function removeOrphans(folder) {
  const dist = join(folder, 'dist');
  if (!existsSync(dist)) return;
  for (const file of readdirSync(dist, { recursive: true })) {
    const stem = /^(.*)[.]d[.]ts$/.exec(file)?.[1];
    if (stem === undefined || existsSync(join(folder, 'src', `${stem}.ts`))) continue;
    for (const ending of ['.d.ts', '.d.ts.map', '.js', '.js.map']) rmSync(join(dist, stem + ending), { force: true });
  }
}

/** npm links a package's commands when it installs, but ours are not built then: `npx vishkar` needs this. */
function linkCommands(folder) {
  const manifest = join(folder, 'package.json');
  if (process.platform === 'win32' || !existsSync(manifest)) return;
  for (const [command, path] of Object.entries(JSON.parse(readFileSync(manifest, 'utf8')).bin ?? {})) {
    const target = join(folder, path);
    const link = join(root, 'node_modules/.bin', command);
    if (!existsSync(target)) continue;
    chmodSync(target, 0o755);
    if (!existsSync(link)) symlinkSync(relative(dirname(link), target), link);
  }
}

/** For a script's first line: a failed set-up is said as a sentence, without a stack, and ends the process. */
export async function setUpOrExit(steps = setUp) {
  try {
    await steps();
  } catch (error) {
    if (!(error instanceof SetUpError)) throw error;
    say(error.message);
    process.exit(1);
  }
}

if (process.argv[1] === import.meta.filename) await setUpOrExit();
