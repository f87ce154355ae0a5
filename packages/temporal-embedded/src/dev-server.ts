/**
 * Starts a whole Temporal service in this process. Start reading here: it opens the store, builds what stands on it
 * (namespaces, history and matching, visibility), puts the frontend in front, and listens last.
 * Rule: everything opened here is closed here, in reverse order, also when a later step of the start fails.
 */
import { randomUUID } from 'node:crypto';
import { isIP } from 'node:net';
import { BatchEngine } from './batch/batch-engine.js';
import { SkippingClock } from './clock/skipping-clock.js';
import { SystemClock } from './clock/system-clock.js';
import { UnsafeAddressError } from './dev-server-errors.js';
import type { DevServerOptions } from './dev-server-options.js';
import { readDynamicConfig } from './dynamic-config.js';
import { apiKeyAuthorizer, both } from './frontend/access-control.js';
import type { Authorizer } from './frontend/access-control.js';
import { openListeners } from './frontend/listeners.js';
import { offeredServices } from './frontend/offered-services.js';
import { createHistoryEngine } from './history/create-history-engine.js';
import { randomIds } from './history/id-generator.js';
import { QueryWaiters } from './history/query-workflow.js';
import { silentLogger } from './logger.js';
import { Matching } from './matching/matching.js';
import { TaskQueueConfigRegistry } from './matching/task-queue-config-registry.js';
import type { ServiceMetrics } from './metrics/service-metrics.js';
import { DEFAULT_RETENTION_MS, NamespaceRegistry } from './namespaces/namespace-registry.js';
import { SearchAttributeRegistry } from './namespaces/search-attribute-registry.js';
import { EndpointRegistry } from './nexus/endpoint-registry.js';
import { OperationCaller } from './nexus/operation-caller.js';
import { openStore } from './persistence/open-store.js';
import type { Store } from './persistence/store.js';
import { ScheduleEngine } from './schedules/schedule-engine.js';
import { SearchAttributes } from './visibility/search-attributes.js';
import { VisibilityManager } from './visibility/visibility-manager.js';
import { DeploymentRegistry } from './worker-deployments/deployment-registry.js';
import { WorkerRegistry } from './workers/worker-registry.js';
import { versionRouter } from './worker-deployments/version-router.js';

/** A running service. */
export interface DevServer {
  /** `host:port`, as clients and workers take it. */
  readonly address: string;
  readonly port: number;
  /** Of the HTTP API, when `http` was asked for. */
  readonly httpPort?: number;
  /** Of the metrics endpoint, when `metrics` was asked for. */
  readonly metricsPort?: number;
  /** As GetClusterInfo tells it; the same for the life of a database file, and of no other service. */
  readonly clusterId: string;
  /** The clock that skips time; only of a server with `timeSkipping`. */
  readonly clock?: SkippingClock;
  /** Answers waiting calls, stops listening, writes what is staged, closes the file. Idempotent. */
  close(): Promise<void>;
  /**
   * Ends as by `kill -9`: what is not committed is lost, waiting calls break off, the file is free for the next start. For tests.
   * After it, `close()` has nothing more to do.
   */
  crash(): Promise<void>;
}

const DEFAULT_PORT = 7233;
const CLUSTER_ID_SETTING = 'cluster-id';

/**
 * Starts a Temporal service that official SDKs can talk to at `address`.
 *
 * Throws `UnsafeAddressError` when `ip` is not loopback and nothing keeps strangers out, `AddressInUseError` when a port is taken, and a
 * `DatabaseFileError` when `dbFilename` is foreign, newer, damaged, or in use.
 *
 * @example
 * const server = await startDevServer({ port: 0 });
 * const connection = await Connection.connect({ address: server.address });
 */
export async function startDevServer(options: DevServerOptions = {}): Promise<DevServer> {
  const authorizer = authorizerOf(options);
  const ip = requireSafeAddress(options, authorizer);
  const logger = options.logger ?? silentLogger;
  const { settings, unused } = readDynamicConfig(options.dynamicConfig ?? {});
  if (unused.length > 0) logger.warn({ keys: unused }, 'dynamic configuration without an effect here');
  const closers: (() => Promise<void> | void)[] = [];
  const close = closeOnce(closers);
  try {
    const store = openStore({
      ...(options.dbFilename !== undefined && { filename: options.dbFilename }),
      ...(options.sqlitePragmas && { pragmas: options.sqlitePragmas }),
      onDebugPoint: (point) => {
        options.onDebugPoint?.(point);
        void options.faults?.reach(point, 'before');
      },
    });
    closers.push(() => store.close());

    const systemClock = new SystemClock();
    const skippingClock = options.timeSkipping
      ? new SkippingClock({ locks: options.timeSkipping === 'unlocked' ? 0 : 1 })
      : undefined;
    if (skippingClock) closers.push(() => skippingClock.close());

    const clusterId = ensureClusterId(store);
    const namespaces = new NamespaceRegistry(store);
    const searchAttributeRegistry = new SearchAttributeRegistry(store);
    for (const name of new Set(['default', ...(options.namespaces ?? [])])) {
      const namespace = namespaces.find(name) ?? namespaces.register({ name, retentionMs: DEFAULT_RETENTION_MS });
      searchAttributeRegistry.add(namespace.id, options.searchAttributes ?? {});
    }
    await store.committed();

    const metrics = options.metrics && (await createMetrics((name) => namespaces.find(name) !== undefined));
    const searchAttributes = new SearchAttributes(store, (id) => namespaces.requireById(id).name);
    const clock = skippingClock ?? systemClock;
    const nexusEndpoints = new EndpointRegistry(store, clock, randomIds);
    const onInternalError = (error: unknown, doing: string): void =>
      logger.error({ err: error, doing }, 'unexpected error outside of a call');
    const deployments = new DeploymentRegistry(store, clock);
    const engine = createHistoryEngine({
      store,
      clock,
      ids: randomIds,
      namespaces,
      searchAttributes,
      nexusEndpoints,
      versions: deployments,
      limits: settings.limits,
      onInternalError,
      onClosed:
        metrics && (({ namespaceId, status }) => metrics.countClosed(namespaces.requireById(namespaceId).name, status)),
      onTasksInProgress: skippingClock && ((runKey, tasks) => skippingClock.setTasksInProgress(runKey, tasks)),
    });
    closers.push(() => engine.close());
    // Pollers are real, so whether one is there is a matter of real time, also where the service's time is skipped.
    const matching = new Matching(systemClock, engine, versionRouter(deployments));
    const taskQueueConfigs = new TaskQueueConfigRegistry(store);
    taskQueueConfigs.onRates((queue, rates) => matching.setRates(queue, rates));
    deployments.onRoutingChanged((namespaceId) => matching.reroute(namespaceId));
    const nexusCaller = new OperationCaller({
      engine,
      endpoints: nexusEndpoints,
      matching,
      clock,
      clusterId,
      onInternalError,
    });
    closers.push(() => nexusCaller.reset());
    engine.connect(matching, nexusCaller);
    const schedules = new ScheduleEngine({
      store,
      clock,
      engine,
      namespaceName: (id) => namespaces.requireById(id).name,
      onInternalError,
      onRefusedStart: (error, doing) => logger.warn({ err: error, doing }, 'a schedule could not start a workflow'),
    });
    closers.push(() => schedules.close());
    engine.resume();
    schedules.resume();

    const visibility = new VisibilityManager(store, searchAttributes);
    const batches = new BatchEngine({ store, clock, engine, visibility, onInternalError });
    closers.push(() => batches.close());
    batches.resume(namespaces.list().map(({ id }) => id));
    const services = offeredServices({
      system: { store, namespaces, searchAttributeRegistry, nexusEndpoints, clusterId, settings },
      workflows: {
        engine,
        matching,
        store,
        namespaces,
        searchAttributes,
        queryWaiters: new QueryWaiters(),
        nexusCaller,
        deployments,
        taskQueueConfigs,
        // As with pollers: whether a worker is there is a matter of real time.
        workers: new WorkerRegistry(systemClock),
        settings,
      },
      visibility: { namespaces, visibility },
      batches: { namespaces, visibility, batches, engine, store },
      schedules: {
        schedules,
        store,
        clock,
        ids: randomIds,
        namespaces,
        searchAttributes,
        visibility,
        limits: settings.limits,
      },
      deployments: { deployments, matching, namespaces, visibility, store, clock },
      ...(skippingClock && { skippingClock }),
    });
    const {
      close: closeListeners,
      breakOff,
      ...ports
    } = await openListeners({
      ip,
      port: options.port ?? DEFAULT_PORT,
      services,
      authorizer,
      serviceMetrics: metrics,
      logger,
      ...(options.http && { http: options.http }),
      ...(options.metrics && { metrics: options.metrics }),
      ...(options.tls && { tls: options.tls }),
      ...(options.faults && { faults: options.faults }),
    });
    closers.push(closeListeners);
    const crash = (): Promise<void> => {
      store.abandon();
      closers.push(breakOff);
      return close();
    };
    options.faults?.onCrash(() => void crash());
    return {
      address: `${ip.includes(':') ? `[${ip}]` : ip}:${ports.port}`,
      ...ports,
      clusterId,
      ...(skippingClock && { clock: skippingClock }),
      close,
      crash,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What reaches beyond this machine needs callers who prove who they are, over a line that nobody listens in on. */
function requireSafeAddress({ ip = '127.0.0.1', tls }: DevServerOptions, authorizer: Authorizer | undefined): string {
  const address = ip === 'localhost' ? '127.0.0.1' : ip;
  const isLoopback = (isIP(address) === 4 && address.startsWith('127.')) || address === '::1';
  const isGuarded = tls !== undefined && (authorizer !== undefined || tls.clientCertificateAuthority !== undefined);
  if (!isLoopback && !isGuarded) throw new UnsafeAddressError(ip);
  return address;
}

/** Loaded when it is asked for: a service without it starts 40 ms sooner. */
async function createMetrics(isNamespace: (name: string) => boolean): Promise<ServiceMetrics> {
  const module = await import('./metrics/service-metrics.js');
  return new module.ServiceMetrics(isNamespace);
}

function authorizerOf({ apiKeys, authorizer }: DevServerOptions): Authorizer | undefined {
  const byKey = apiKeys && apiKeyAuthorizer(apiKeys);
  return byKey && authorizer ? both(byKey, authorizer) : (byKey ?? authorizer);
}

/** One id for the life of a file, so that clients can tell services apart. */
function ensureClusterId(store: Store): string {
  const stored = store.findSetting(CLUSTER_ID_SETTING);
  if (stored) return Buffer.from(stored).toString('utf8');
  const clusterId = randomUUID();
  store.stage({ type: 'putSetting', key: CLUSTER_ID_SETTING, value: Buffer.from(clusterId, 'utf8') });
  return clusterId;
}

function closeOnce(closers: (() => Promise<void> | void)[]): () => Promise<void> {
  let closing: Promise<void> | undefined;
  const closeAll = async (): Promise<void> => {
    for (let closer = closers.pop(); closer; closer = closers.pop()) await closer();
  };
  return () => (closing ??= closeAll());
}
