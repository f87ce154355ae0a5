/**
 * A service in this process with the official SDK connected to it, for conformance tests: one per test file, on a free
 * port, in memory unless a file is asked for. Tests share it and keep apart by task queue and workflow id.
 */
import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import type { WorkerOptions } from '@temporalio/worker';
import { afterAll, beforeAll } from 'vitest';
import { startDevServer } from '../../src/dev-server.js';
import type { DevServer } from '../../src/dev-server.js';
import type { DevServerOptions } from '../../src/dev-server-options.js';
import { workflowBundle } from './workflow-bundle.js';

/** Filled in before the first test of the file. */
export interface EmbeddedService {
  readonly server: DevServer;
  readonly client: Client;
  readonly connection: Connection;
  /** Workers' connection. */
  readonly nativeConnection: NativeConnection;
}

/** What a test's worker runs; connection, namespace and bundle come from the harness. */
export interface TestWorkerOptions extends Omit<
  WorkerOptions,
  'connection' | 'workflowBundle' | 'workflowsPath' | 'taskQueue'
> {
  readonly taskQueue: string;
  /** A file of workflows, as `new URL('./x.workflows.ts', import.meta.url)`; none for a worker of activities only. */
  readonly workflows?: URL;
}

let isRuntimeInstalled = false;

/** Starts a service before the tests of this file and closes it after them. */
export function useEmbeddedService(options: DevServerOptions = {}): EmbeddedService {
  const service: { -readonly [K in keyof EmbeddedService]?: EmbeddedService[K] } = {};
  beforeAll(async () => {
    installQuietRuntime();
    service.server = await startDevServer({ port: 0, ...options });
    service.connection = await Connection.connect({ address: service.server.address });
    service.nativeConnection = await NativeConnection.connect({ address: service.server.address });
    service.client = new Client({ connection: service.connection });
  });
  afterAll(async () => {
    await service.connection?.close();
    await service.nativeConnection?.close();
    await service.server?.close();
  });
  // beforeAll fills it in; a test that reads it earlier gets undefined and fails there.
  return service as EmbeddedService;
}

/** Runs a worker for as long as `body` takes. */
export async function withWorker<T>(
  service: EmbeddedService,
  { workflows, ...options }: TestWorkerOptions,
  body: (worker: Worker) => Promise<T>,
): Promise<T> {
  const worker = await Worker.create({
    ...options,
    connection: service.nativeConnection,
    ...(workflows && { workflowBundle: await workflowBundle(workflows) }),
  });
  return worker.runUntil(() => body(worker));
}

/** A name that no other test uses, for task queues, workflow ids and namespaces. */
export const uniqueName = (prefix: string): string => `${prefix}-${randomUUID().slice(0, 8)}`;

/** The SDK's core logs to stderr by default, also for what a test provokes; errors stay visible. */
export function installQuietRuntime(): void {
  if (isRuntimeInstalled) return;
  isRuntimeInstalled = true;
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: 'ERROR', forward: {} } },
  });
}
