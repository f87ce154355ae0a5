/**
 * temporalio/sdk-typescript's own tests (`packages/test`), compiled against the published npm packages: they drive a
 * server through the SDK in every way that it has. Each file runs in AVA by itself, with a limit.
 */
import { spawn } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand, say } from '../../../../scripts/run-command.mjs';
import { cacheFolder, cloneOnce } from './sources.mjs';
import { readTap } from './tap.mjs';

/** The newest version of which every package is published. */
const SDK_VERSION = '1.23.0';
const FILE_LIMIT_MS = 240_000;

/** Files that use a server. The others test the SDK alone, or start servers of their own. */
const NEEDS_SERVER =
  /^test-(integration-|schedules|nexus-|workflow-nexus|worker-deployment|worker-versioning\.|worker-heartbeats|async-completion|client-errors|client-connection|default-|typed-search|standalone|local-activities|signals-are|workflow-cancellation|worker-poller|native-connection\.|patch-|sinks|custom-payload|payload-size|workflow-fail|server-options|workflow-codec)/;

const folder = cacheFolder('sdk-typescript');
const tests = join(folder, 'packages/test');

async function prepare() {
  const source = cloneOnce(
    'sdk-typescript',
    process.env.SDK_TYPESCRIPT_SOURCE ?? 'https://github.com/temporalio/sdk-typescript',
  );
  if (source === undefined) return { missing: 'the sources of temporalio/sdk-typescript' };
  if (!existsSync(join(tests, 'lib'))) {
    const problem = await build(source);
    if (problem !== undefined) return { missing: `a build of the suite: ${problem}` };
  }
  const units = readdirSync(join(tests, 'lib')).filter((name) => name.endsWith('.js') && NEEDS_SERVER.test(name));
  return { title: `packages/test on the published packages ${SDK_VERSION}`, units };
}

/** Undefined when all went well, else what did not. */
async function build(source) {
  rmSync(folder, { recursive: true, force: true });
  for (const path of ['packages/test', 'packages/test-helpers', 'tsconfig.base.json'])
    cpSync(join(source, path), join(folder, path), { recursive: true });
  const write = (path, value) => writeFileSync(join(folder, path), JSON.stringify(value, undefined, 2));
  write('package.json', {
    private: true,
    workspaces: ['packages/*'],
    devDependencies: { '@tsconfig/node20': '^20.1.4', '@types/node': '20.19.43', tsx: '^4.7.0', typescript: '~5.6.3' },
  });
  for (const path of ['packages/test', 'packages/test-helpers']) {
    const manifest = JSON.parse(readFileSync(join(folder, path, 'package.json'), 'utf8'));
    for (const group of [manifest.dependencies, manifest.devDependencies]) {
      for (const name of Object.keys(group)) {
        if (name === '@temporalio/test-helpers') group[name] = '*';
        else if (group[name].startsWith('workspace:')) group[name] = SDK_VERSION;
        else if (name === 'nexus-rpc') group[name] = '^0.0.3';
      }
    }
    write(join(path, 'package.json'), manifest);
    const config = JSON.parse(readFileSync(join(folder, path, 'tsconfig.json'), 'utf8'));
    write(join(path, 'tsconfig.json'), { ...config, references: undefined });
  }
  const steps = [
    ['npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], folder],
    ['npx', ['tsx', 'scripts/compile-proto.ts'], tests],
    ['npx', ['tsc', '-p', '.', '--skipLibCheck'], join(folder, 'packages/test-helpers')],
    ['npx', ['tsc', '-p', '.', '--skipLibCheck'], tests],
  ];
  for (const [command, args, cwd] of steps) {
    const { code, output } = await runCommand(command, args, { cwd, doing: `preparing sdk-typescript (${args[0]})` });
    // The compiler writes what it can, also where a type of a newer version is missing.
    if (code !== 0 && args[0] !== 'tsc') return output.slice(-2000);
    if (code !== 0) say(output.slice(0, 2000));
  }
  return existsSync(join(tests, 'lib')) ? undefined : 'nothing was compiled';
}

async function run(unit, { address }) {
  const env = {
    ...process.env,
    TEMPORAL_SERVICE_ADDRESS: address,
    RUN_INTEGRATION_TESTS: 'true',
    // Some start servers of their own beside; none is to be downloaded.
    REUSE_V8_CONTEXT: 'true',
  };
  const output = await ava(unit, env);
  const results = readTap(output.text);
  if (output.isOver) return results;
  return [...results, ['(the file)', { passed: false, note: `not done within ${FILE_LIMIT_MS / 1000} s` }]];
}

function ava(unit, env) {
  return new Promise((resolve) => {
    const args = [join(folder, 'node_modules/ava/entrypoints/cli.mjs'), '--tap', '--timeout', '90s', `./lib/${unit}`];
    const child = spawn(process.execPath, args, {
      cwd: tests,
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: true,
    });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk) => (text += chunk));
    let isOver = true;
    const limit = setTimeout(() => {
      isOver = false;
      process.kill(-child.pid, 'SIGKILL');
    }, FILE_LIMIT_MS);
    child.once('close', () => {
      clearTimeout(limit);
      resolve({ text, isOver });
    });
  });
}

export const sdkTypescript = { prepare, run };
