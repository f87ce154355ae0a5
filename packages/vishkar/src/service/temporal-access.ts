/**
 * How this command reaches a Temporal service. With TEMPORAL_ADDRESS or a profile set (the SDK's own environment configuration)
 * it is that service and nothing embedded starts; else the project's running embedded service; else one is started here,
 * on the project's database, and ends with this process. No second code path follows: all that differs is an address.
 */
import { mkdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { NativeConnectionOptions } from '@temporalio/worker';
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
  /** Of the project's own embedded service: another service that takes its address over has another one. */
  readonly clusterId: string | undefined;
  /** Ends what was started here; nothing otherwise. */
  close(): Promise<void>;
}

const EMBEDDED_PORT = 7233;
/** A service on a machine with much to do is slow, not gone. */
const ANSWERS_WITHIN_MS = 10_000;
/** How long a command waits for one that began before it to say where its service listens. */
const STARTS_WITHIN_MS = 15_000;
const LOOKS_AGAIN_AFTER_MS = 100;

/** `port`: of an embedded service that is started here; undefined: the usual one when it is free, else any. */
export async function accessTemporal(
  project: Project,
  environment: NodeJS.ProcessEnv = process.env,
  port?: string,
): Promise<TemporalAccess> {
  const external = externalAccess(project, environment);
  if (external !== undefined) return external;
  const until = Date.now() + STARTS_WITHIN_MS;
  for (;;) {
    const running = await runningAccess(project);
    if (running !== undefined) return running;
    try {
      return await startedAccess(project, port);
    } catch (error) {
      // Another command is between its start and its word of it, or about to end.
      if (!isDatabaseInUse(error) || Date.now() > until) throw error;
      await setTimeout(LOOKS_AGAIN_AFTER_MS);
    }
  }
}

const isDatabaseInUse = (error: unknown): boolean => error instanceof Error && error.name === 'DatabaseInUseError';

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
    clusterId: undefined,
    close: () => Promise.resolve(),
  };
}

/** The embedded service that another process of this project runs now; undefined when it does not answer. */
export async function runningAccess(project: Project): Promise<TemporalAccess | undefined> {
  const record = await readServiceFile(project.state.serviceFile);
  if (record === undefined || (await clusterIdAt(record.address)) !== record.clusterId) return undefined;
  return { ...embedded(project, record), kind: 'running', close: () => Promise.resolve() };
}

/** True when the other process whose embedded service this is has ended: its address does not come back. */
export async function isServiceGone(project: Project, access: TemporalAccess): Promise<boolean> {
  return access.kind === 'running' && (await runningAccess(project))?.address !== access.address;
}

/** True when a service of somebody else listens where ours did: addresses of processes that ended are given out again. */
export async function isAddressTaken({ address, clusterId }: TemporalAccess): Promise<boolean> {
  if (clusterId === undefined) return false;
  const found = await clusterIdAt(address);
  return found !== undefined && found !== clusterId;
}

async function startedAccess(project: Project, port: string | undefined): Promise<TemporalAccess> {
  await mkdir(project.state.root, { recursive: true });
  const server = await startEmbedded(project.state.database, port);
  const { address, clusterId } = server;
  try {
    await writeServiceFile(project.state.serviceFile, { address, clusterId, pid: process.pid });
  } catch (error) {
    await server.close();
    throw error;
  }
  return {
    ...embedded(project, { address, clusterId }),
    kind: 'started',
    close: async () => {
      await removeServiceFile(project.state.serviceFile);
      await server.close();
    },
  };
}

/** Without a port: the usual one when it is free, so that the temporal CLI and Web UI find it; else any. */
async function startEmbedded(dbFilename: string, port: string | undefined) {
  // Most commands find a service that runs already, and are quicker without one of their own.
  const { AddressInUseError, startDevServer } = await import('@vishkar/temporal-embedded');
  if (port !== undefined) return await startDevServer({ port: Number(port), dbFilename });
  try {
    return await startDevServer({ port: EMBEDDED_PORT, dbFilename });
  } catch (error) {
    if (!(error instanceof AddressInUseError)) throw error;
    return await startDevServer({ port: 0, dbFilename });
  }
}

function embedded(
  project: Project,
  { address, clusterId }: { readonly address: string; readonly clusterId: string },
): Omit<TemporalAccess, 'kind' | 'close'> {
  return {
    connectionOptions: { address },
    address,
    namespace: 'default',
    taskQueue: project.config.temporal.taskQueue ?? DEFAULT_TASK_QUEUE,
    idPrefix: undefined,
    clusterId,
  };
}

/** Which service answers there; undefined when none does. */
async function clusterIdAt(address: string): Promise<string | undefined> {
  if (!(await isListening(address))) return undefined;
  try {
    const connection = await Connection.connect({ address, connectTimeout: ANSWERS_WITHIN_MS });
    try {
      const deadline = Date.now() + ANSWERS_WITHIN_MS;
      const ask = () => connection.workflowService.getClusterInfo({});
      return (await connection.withDeadline(deadline, ask)).clusterId;
    } finally {
      await connection.close();
    }
  } catch {
    return undefined;
  }
}

/** The way in gRPC to learn that nobody listens takes as long as a busy service may take to answer. */
function isListening(address: string): Promise<boolean> {
  const { hostname, port } = new URL(`http://${address}`);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) });
    const settle = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => settle(true)).once('error', () => settle(false));
    socket.setTimeout(ANSWERS_WITHIN_MS, () => settle(false));
  });
}
