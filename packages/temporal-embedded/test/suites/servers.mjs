/** The servers that suites run against: the official dev server and ours, each fresh, in memory, on free loopback ports. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as elapse } from 'node:timers/promises';
import { root } from '../../../../scripts/run-command.mjs';

export const serverKinds = ['official', 'ours'];

const READY_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 10_000;

/** What suites ask of a server's start: the search attributes and settings that they document. */
const SETTINGS = [
  ...['frontend.enableExecuteMultiOperation=true', 'frontend.workerVersioningDataAPIs=true'],
  ...['frontend.workerVersioningWorkflowAPIs=true', 'frontend.workerVersioningRuleAPIs=true'],
  ...['system.enableActivityEagerExecution=true', 'system.enableDeploymentVersions=true'],
  ...['component.nexusoperations.recordCancelRequestCompletionEvents=true', 'frontend.activityAPIsEnabled=true'],
  ...['frontend.namespaceRPS.visibility=10000', 'frontend.globalNamespaceRPS.visibility=10000'],
].flatMap((setting) => ['--dynamic-config-value', setting]);
const ATTRIBUTES = [
  'CustomKeywordField=Keyword',
  'CustomIntField=Int',
  'CustomTextField=Text',
  'CustomDoubleField=Double',
].concat(['CustomBoolField=Bool', 'CustomDatetimeField=Datetime', 'CustomKeywordListField=KeywordList']);

/** The full path of the official CLI, or undefined. */
export const officialCli = () =>
  ['temporal', join(process.env.GOBIN ?? join(process.env.GOPATH ?? join(homedir(), 'go'), 'bin'), 'temporal')].find(
    (program) => spawnSync(program, ['--version']).status === 0,
  );

/** Resolves with `{ address, port, httpPort, stop }`; undefined where the server is not on this machine. */
export async function startServer(kind) {
  if (kind.includes(':')) return { address: kind, port: Number(kind.split(':').at(-1)), stop: async () => undefined };
  const [port, httpPort] = [await freePort(), await freePort()];
  const args = [
    'server',
    'start-dev',
    '--headless',
    '--ip',
    '127.0.0.1',
    '--port',
    String(port),
    '--log-level',
    'error',
  ];
  args.push(
    '--http-port',
    String(httpPort),
    ...SETTINGS,
    ...ATTRIBUTES.flatMap((name) => ['--search-attribute', name]),
  );
  const program = kind === 'ours' ? process.execPath : officialCli();
  if (program === undefined) return undefined;
  const ours = kind === 'ours' ? [join(root, 'packages/temporal-embedded/dist/cli/main.js')] : [];
  const child = spawn(program, [...ours, ...args], { stdio: 'ignore' });
  const exited = once(child, 'close');
  const stop = async () => {
    child.kill('SIGTERM');
    const isOver = await Promise.race([exited.then(() => true), elapse(STOP_WITHIN_MS, false, { ref: false })]);
    if (!isOver) child.kill('SIGKILL');
    await exited;
  };
  await waitForPort(port, stop);
  return { address: `127.0.0.1:${port}`, port, httpPort, stop };
}

async function waitForPort(port, stop) {
  const until = Date.now() + READY_WITHIN_MS;
  while (!(await answers(port))) {
    if (Date.now() > until) {
      await stop();
      throw new Error(`No server answered on port ${port} within ${READY_WITHIN_MS / 1000} s.`);
    }
    await elapse(50);
  }
  // The port opens before the namespaces are known everywhere.
  await elapse(1_000);
}

const answers = (port) =>
  new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });

export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen({ host: '127.0.0.1', port: 0 }, () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
