/**
 * The official Temporal dev server, for tests that hold ours against it. It runs in memory, on a free loopback port,
 * without the rate limits that a comparison of hundreds of calls would run into.
 */
import { Connection } from '@temporalio/client';
import { freePort, startChild, waitUntil } from '@vishkar/testkit';

export interface OfficialDevServer {
  readonly connection: Connection;
  /** Of its HTTP API: `http://127.0.0.1:PORT`. */
  readonly httpAddress: string;
  stop(): Promise<void>;
}

/** Per second and host; above what any test sends. */
const UNLIMITED = 100_000;

/** `executable` is what `needs.temporalDevServer` finds; `searchAttributes` are `Name=Type`, `dynamicConfig` is by key. */
export async function startOfficialDevServer(
  executable: string,
  searchAttributes: readonly string[] = [],
  dynamicConfig: Readonly<Record<string, unknown>> = {},
): Promise<OfficialDevServer> {
  const [port, httpPort] = [await freePort(), await freePort()];
  const child = startChild(executable, [
    ...['server', 'start-dev', '--headless', '--ip', '127.0.0.1', '--port', String(port), '--log-level', 'error'],
    ...['--http-port', String(httpPort)],
    ...['--dynamic-config-value', `frontend.namespaceRPS.visibility=${UNLIMITED}`],
    ...['--dynamic-config-value', `frontend.globalNamespaceRPS.visibility=${UNLIMITED}`],
    // It counts running ones by its visibility, which lags: the next one would be refused now and then.
    ...['--dynamic-config-value', `frontend.MaxConcurrentBatchOperationPerNamespace=100`],
    ...Object.entries(dynamicConfig).flatMap(([key, value]) => [
      '--dynamic-config-value',
      `${key}=${JSON.stringify(value)}`,
    ]),
    ...searchAttributes.flatMap((attribute) => ['--search-attribute', attribute]),
  ]);
  try {
    const connection = await waitUntil(
      () => Connection.connect({ address: `127.0.0.1:${port}`, connectTimeout: 1000, interceptors: [] }),
      { what: 'the official dev server to answer' },
    );
    return {
      connection,
      httpAddress: `http://127.0.0.1:${httpPort}`,
      stop: async () => {
        await connection.close();
        await child.stop();
      },
    };
  } catch (error) {
    await child.stop();
    throw error;
  }
}
