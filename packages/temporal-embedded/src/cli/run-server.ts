/**
 * Runs a server for as long as the process should live, and prints what the official CLI prints.
 * The service itself is loaded only here, so that help and usage errors answer at once.
 */
import type { DevServerOptions } from '../dev-server-options.js';
import type { DevServer } from '../dev-server.js';
import { createStreamLogger } from '../stream-logger.js';
import { readAccessFiles } from './access-files.js';
import type { StartDevArguments } from './parse-start-dev.js';

/** The official CLI pads its labels to this width. */
const LABEL_WIDTH = 21;

/** Exit code of a process that is told a second time to stop and does not wait any more: 128 + SIGINT. */
const EXIT_INTERRUPTED = 130;

/** Runs `server start-dev` until a signal ends it. Rejects when the server cannot start. */
export async function runStartDev(parsed: StartDevArguments): Promise<void> {
  const logger = createStreamLogger({ level: parsed.logLevel, format: parsed.logFormat, stream: process.stderr });
  if (parsed.isConfigLogged) console.error(JSON.stringify(parsed.server, undefined, 2));
  const access = readAccessFiles(parsed.accessFiles);
  await runUntilSignal({ ...parsed.server, ...access, logger }, async (server) => {
    const { packageVersion } = await import('../package-version.js');
    const { COMPATIBLE_SERVER_VERSION } = await import('../frontend/server-version.js');
    const host = friendlyHost(parsed.server.ip);
    console.log(`temporal-embedded ${packageVersion()} (Server ${COMPATIBLE_SERVER_VERSION})\n`);
    printLine('Temporal Server:', `${host}:${server.port}`);
    printLine('Temporal Persistence:', parsed.server.dbFilename ?? 'in-memory');
    if (server.httpPort !== undefined)
      printLine('Temporal HTTP API:', `${access.tls ? 'https' : 'http'}://${host}:${server.httpPort}`);
    if (server.metricsPort !== undefined)
      printLine('Temporal Metrics:', `http://${host}:${server.metricsPort}/metrics`);
    for (const notice of parsed.notices) console.error(notice);
  });
}

/** Runs the time-skipping test server: in memory, and with time locked until a client unlocks it. */
export async function runTimeSkipping(port: number, { isLocked }: { isLocked: boolean }): Promise<void> {
  const logger = createStreamLogger({ level: 'warn', format: 'text', stream: process.stderr });
  await runUntilSignal({ port, timeSkipping: isLocked ? true : 'unlocked', logger }, (server) => {
    console.log(`Test server is listening on ${server.address}, with time skipping.`);
  });
}

async function runUntilSignal(
  options: DevServerOptions,
  onStarted: (server: DevServer) => void | Promise<void>,
): Promise<void> {
  // grpc-js prints its own line for a port that is taken, before we can say it better.
  process.env['GRPC_VERBOSITY'] ??= 'NONE';
  const { startDevServer } = await import('../dev-server.js');
  const server = await startDevServer(options);
  let isStopping = false;
  const stop = (): void => {
    if (isStopping) process.exit(EXIT_INTERRUPTED);
    isStopping = true;
    server.close().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error('Error: the server did not close cleanly.', error);
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  await onStarted(server);
}

function printLine(label: string, text: string): void {
  console.log(`${label.padEnd(LABEL_WIDTH)} ${text}`);
}

const friendlyHost = (ip: string | undefined): string =>
  ip === '127.0.0.1' || ip === '::1' ? 'localhost' : (ip ?? '');
