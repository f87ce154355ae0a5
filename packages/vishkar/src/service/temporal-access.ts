/**
 * How this command reaches a Temporal service. With TEMPORAL_ADDRESS or a profile set (the SDK's own environment configuration)
 * it is that service and nothing embedded starts; else the project's running embedded service; else one is started here,
 * on the project's database, and ends with this process. No second code path follows: all that differs is an address.
 */
import { mkdir } from 'node:fs/promises';
import { Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { NativeConnectionOptions } from '@temporalio/worker';
import { AddressInUseError, startDevServer } from '@vishkar/temporal-embedded';
import type { Project } from '../config/project.js';
import { DEFAULT_TASK_QUEUE } from '../domain/wire-names.js';
import { readServiceFile, removeServiceFile, writeServiceFile } from './service-file.js';

export interface TemporalAccess {
  readonly kind: 'external' | 'running' | 'started';
  readonly connectionOptions: NativeConnectionOptions;
  readonly address: string;
  readonly namespace: string;
  readonly taskQueue: string;
  /** Set on a service that may hold several projects: workflow ids carry the project's name. */
  readonly idPrefix: string | undefined;
  /** Ends what was started here; nothing otherwise. */
  close(): Promise<void>;
}

const EMBEDDED_PORT = 7233;

/** `port`: of an embedded service that is started here; undefined: the usual one when it is free, else any. */
export async function accessTemporal(
  project: Project,
  environment: NodeJS.ProcessEnv = process.env,
  port?: string,
): Promise<TemporalAccess> {
  const external = externalAccess(project, environment);
  if (external !== undefined) return external;
  return (await runningAccess(project)) ?? (await startedAccess(project, port));
}

function isConfigured(environment: NodeJS.ProcessEnv): boolean {
  return ['TEMPORAL_ADDRESS', 'TEMPORAL_PROFILE', 'TEMPORAL_CONFIG_FILE'].some(
    (name) => (environment[name] ?? '') !== '',
  );
}

export function externalAccess(project: Project, environment: NodeJS.ProcessEnv): TemporalAccess | undefined {
  if (!isConfigured(environment)) return undefined;
  const { connectionOptions, namespace } = loadClientConnectConfig();
  return {
    kind: 'external',
    connectionOptions,
    address: connectionOptions.address ?? 'localhost:7233',
    namespace: namespace ?? 'default',
    taskQueue: project.config.temporal.taskQueue ?? `${DEFAULT_TASK_QUEUE}-${project.name}`,
    idPrefix: project.name,
    close: () => Promise.resolve(),
  };
}

/** The embedded service that another process of this project runs now; undefined when none answers. */
export async function runningAccess(project: Project): Promise<TemporalAccess | undefined> {
  const record = await readServiceFile(project.state.serviceFile);
  if (record === undefined || !(await answers(record.address))) return undefined;
  return { ...embedded(project, record.address), kind: 'running', close: () => Promise.resolve() };
}

/** True when the other process whose embedded service this is has ended: its address does not come back. */
export async function isServiceGone(project: Project, access: TemporalAccess): Promise<boolean> {
  return access.kind === 'running' && (await runningAccess(project))?.address !== access.address;
}

async function startedAccess(project: Project, port: string | undefined): Promise<TemporalAccess> {
  await mkdir(project.state.root, { recursive: true });
  const server = await startEmbedded(project.state.database, port);
  await writeServiceFile(project.state.serviceFile, { address: server.address, pid: process.pid });
  return {
    ...embedded(project, server.address),
    kind: 'started',
    close: async () => {
      await removeServiceFile(project.state.serviceFile);
      await server.close();
    },
  };
}

/** Without a port: the usual one when it is free, so that the temporal CLI and Web UI find it; else any. */
async function startEmbedded(dbFilename: string, port: string | undefined) {
  if (port !== undefined) return await startDevServer({ port: Number(port), dbFilename });
  try {
    return await startDevServer({ port: EMBEDDED_PORT, dbFilename });
  } catch (error) {
    if (!(error instanceof AddressInUseError)) throw error;
    return await startDevServer({ port: 0, dbFilename });
  }
}

function embedded(project: Project, address: string): Omit<TemporalAccess, 'kind' | 'close'> {
  return {
    connectionOptions: { address },
    address,
    namespace: 'default',
    taskQueue: project.config.temporal.taskQueue ?? DEFAULT_TASK_QUEUE,
    idPrefix: undefined,
  };
}

async function answers(address: string): Promise<boolean> {
  try {
    const connection = await Connection.connect({ address, connectTimeout: 2_000 });
    await connection.close();
    return true;
  } catch {
    return false;
  }
}
