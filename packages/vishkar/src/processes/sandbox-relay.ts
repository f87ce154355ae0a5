/**
 * Runs inside a sandbox without network, between it and the program that it is for: ports on the sandbox's own loopback
 * lead to the sockets of the network gate outside. It guards nothing (the engine may end it); what is reachable is decided
 * at the other end. Only Node's own modules: nothing else of ours is seen in there.
 *
 *   node relay.mjs <folder of sockets> <port,port,...> <program> <argument>...
 */
import { spawn } from 'node:child_process';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { constants } from 'node:os';
import { pipeline } from 'node:stream';

const [folder = '', ports = '', program = '', ...args] = process.argv.slice(2);

/** Resolves with the port; 0 takes a free one. */
async function lead(port: number, socketPath: string): Promise<number> {
  const server = createServer({ allowHalfOpen: true }, (inner) => {
    const outer = connect({ path: socketPath, allowHalfOpen: true });
    pipeline(inner, outer, inner, () => {
      inner.destroy();
      outer.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
}

/** A proxy of this host is not reached from here: ours takes its place, also where there was none. */
function environmentWithProxy(port: number): NodeJS.ProcessEnv {
  const proxy = `http://127.0.0.1:${String(port)}`;
  const direct = 'localhost,127.0.0.1,::1';
  const kept = Object.entries(process.env).filter(([name]) => !/^(?:https?|all|no)_proxy$/i.test(name));
  const ours = { HTTP_PROXY: proxy, HTTPS_PROXY: proxy, http_proxy: proxy, https_proxy: proxy };
  // Newer Nodes follow the variables when they are told to.
  return { ...Object.fromEntries(kept), ...ours, NO_PROXY: direct, no_proxy: direct, NODE_USE_ENV_PROXY: '1' };
}

// They reach the program, too, and its end is ours.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => undefined);
await Promise.all(
  ports
    .split(',')
    .filter(Boolean)
    .map(async (port) => await lead(Number(port), `${folder}/${port}.sock`)),
);
const env = environmentWithProxy(await lead(0, `${folder}/proxy.sock`));
const child = spawn(program, args, { stdio: 'inherit', env });
child.once('error', (error) => {
  process.stderr.write(`${program} can't be started in the sandbox: ${error.message}\n`);
  process.exit(127);
});
child.once('exit', (code, signal) => process.exit(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
