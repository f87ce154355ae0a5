/**
 * `globalSetup` of vitest and jest: one service for a whole run of tests. They find it where the official SDKs look
 * (`loadClientConnectConfig()` of `@temporalio/envconfig`): in TEMPORAL_ADDRESS. In memory, on a free port of loopback.
 */
import { startDevServer } from '../dev-server.js';
import type { DevServer } from '../dev-server.js';

let server: DevServer | undefined;

/** Starts the service and returns what ends it, as vitest takes it; jest wants `global-teardown` besides. */
export default async function globalSetup(): Promise<() => Promise<void>> {
  server = await startDevServer({ port: 0 });
  process.env['TEMPORAL_ADDRESS'] = server.address;
  return closeServer;
}

/** Ends the service of this run. */
export async function closeServer(): Promise<void> {
  await server?.close();
  server = undefined;
}
