/**
 * Dynamic configuration: numbers and switches of the service under the official server's own keys. It is the boundary
 * between what somebody wrote (`KEY=JSON`, any type) and typed settings; docs/dynamic-config.md is made from this table.
 *
 * The rule it guards: a value is taken or refused in a sentence, and a key that changes nothing here is told.
 */
import { parseGoDuration } from './go-duration.js';
import { DEFAULT_SERVICE_LIMITS } from './history/limits.js';
import type { ServiceLimits } from './history/limits.js';

/** What of the service can be set, but its limits. */
export interface ServiceSettings {
  readonly limits: ServiceLimits;
  /** Workers may say how they are. */
  readonly workerHeartbeats: boolean;
  /** Clients may ask which workers there are. */
  readonly listWorkers: boolean;
}

export const DEFAULT_SETTINGS: ServiceSettings = Object.freeze({
  limits: DEFAULT_SERVICE_LIMITS,
  workerHeartbeats: false,
  listWorkers: false,
});

interface NumberKey {
  readonly key: string;
  readonly kind: 'count' | 'bytes' | 'duration';
  readonly limit: keyof ServiceLimits;
  readonly about: string;
}

interface SwitchKey {
  readonly key: string;
  readonly kind: 'switch';
  readonly setting: 'workerHeartbeats' | 'listWorkers';
  readonly about: string;
}

export type DynamicConfigKey = NumberKey | SwitchKey;

export const DYNAMIC_CONFIG_KEYS: readonly DynamicConfigKey[] = [
  {
    key: 'limit.historySize.suggestContinueAsNew',
    kind: 'bytes',
    limit: 'suggestContinueAsNewBytes',
    about: 'from this size of its history on, a workflow is told to continue as new',
  },
  {
    key: 'limit.historyCount.suggestContinueAsNew',
    kind: 'count',
    limit: 'suggestContinueAsNewEvents',
    about: 'from this many events on, a workflow is told to continue as new',
  },
  {
    key: 'limit.historySize.error',
    kind: 'bytes',
    limit: 'historyBytes',
    about: 'a workflow with a larger history is terminated',
  },
  {
    key: 'limit.historyCount.error',
    kind: 'count',
    limit: 'historyEvents',
    about: 'a workflow with more events is terminated',
  },
  {
    key: 'limit.blobSize.error',
    kind: 'bytes',
    limit: 'blobBytes',
    about: 'payloads of a start, a signal, a query, a schedule or a Nexus operation',
  },
  {
    key: 'limit.numPendingActivities.error',
    kind: 'count',
    limit: 'pendingActivities',
    about: 'activities of a workflow at a time',
  },
  {
    key: 'limit.numPendingChildExecutions.error',
    kind: 'count',
    limit: 'pendingChildren',
    about: 'children of a workflow at a time',
  },
  {
    key: 'limit.numPendingSignals.error',
    kind: 'count',
    limit: 'pendingSignals',
    about: 'signals of a workflow to others on their way',
  },
  {
    key: 'limit.numPendingCancelRequests.error',
    kind: 'count',
    limit: 'pendingCancelRequests',
    about: 'cancel requests of a workflow to others on their way',
  },
  {
    key: 'component.nexusoperations.limit.operation.concurrency',
    kind: 'count',
    limit: 'pendingNexusOperations',
    about: 'Nexus operations of a workflow at a time',
  },
  {
    key: 'system.maxCallbacksPerWorkflow',
    kind: 'count',
    limit: 'callbacksPerRun',
    about: 'completion callbacks of a workflow',
  },
  {
    key: 'history.maximumSignalsPerExecution',
    kind: 'count',
    limit: 'signalsPerRun',
    about: 'signals that a run takes',
  },
  {
    key: 'history.maxInFlightUpdates',
    kind: 'count',
    limit: 'updatesInFlight',
    about: 'updates of a run at a time',
  },
  { key: 'history.maxTotalUpdates', kind: 'count', limit: 'updatesPerRun', about: 'updates that a run takes' },
  {
    key: 'history.defaultWorkflowTaskTimeout',
    kind: 'duration',
    limit: 'defaultWorkflowTaskTimeoutMs',
    about: 'of workflows that say none',
  },
  {
    key: 'history.workflowTaskHeartbeatTimeout',
    kind: 'duration',
    limit: 'workflowTaskHeartbeatMs',
    about: 'how long a worker may keep a workflow task by heartbeats',
  },
  {
    key: 'matching.longPollExpirationInterval',
    kind: 'duration',
    limit: 'longPollMs',
    about: 'a poll for tasks that gets none is answered after this',
  },
  {
    key: 'history.longPollExpirationInterval',
    kind: 'duration',
    limit: 'historyLongPollMs',
    about: 'a wait for events of a history that gets none is answered after this',
  },
  {
    key: 'frontend.MaxConcurrentBatchOperationPerNamespace',
    kind: 'count',
    limit: 'batchesAtOnce',
    about: 'batch operations of a namespace at a time',
  },
  {
    key: 'worker.batcherRPS',
    kind: 'count',
    limit: 'batchRate',
    about: 'workflows that a batch operation does in a second, at most',
  },
  {
    key: 'frontend.WorkerHeartbeatsEnabled',
    kind: 'switch',
    setting: 'workerHeartbeats',
    about: 'workers may say how they are (RecordWorkerHeartbeat)',
  },
  {
    key: 'frontend.ListWorkersEnabled',
    kind: 'switch',
    setting: 'listWorkers',
    about: 'clients may ask which workers there are (ListWorkers, DescribeWorker)',
  },
];

/** What SDKs pass at every start; true here anyway, so nobody has to be told. */
const HELD_ANYWAY: ReadonlySet<string> = new Set(
  [
    'frontend.enableServerVersionCheck',
    'frontend.enableUpdateWorkflowExecution',
    'frontend.enableUpdateWorkflowExecutionAsyncAccepted',
    'system.forceSearchAttributesCacheRefreshOnRead',
  ].map((key) => key.toLowerCase()),
);

/** How the official server's keys begin. */
const FAMILY = /^(admin|chasm|component|dynamicconfig|frontend|history|limit|matching|metrics|rpc|system|worker)\./i;
/** So many letters wrong are a slip. */
const SLIP = 2;

/** A key or a value that cannot be meant. */
export class DynamicConfigError extends Error {
  constructor(message: string) {
    super(`${message} docs/dynamic-config.md lists the keys that have an effect.`);
    this.name = 'DynamicConfigError';
  }
}

export interface ReadDynamicConfig {
  readonly settings: ServiceSettings;
  /** Keys of the official server that change nothing here. */
  readonly unused: readonly string[];
}

/** Throws DynamicConfigError for a key that the official server has not, or a value that does not fit its key. */
export function readDynamicConfig(values: Readonly<Record<string, unknown>>): ReadDynamicConfig {
  const limits: { -readonly [K in keyof ServiceLimits]: number } = { ...DEFAULT_SERVICE_LIMITS };
  const switches: { workerHeartbeats?: boolean; listWorkers?: boolean } = {};
  const unused: string[] = [];
  for (const [key, value] of Object.entries(values)) {
    const found = DYNAMIC_CONFIG_KEYS.find((each) => each.key.toLowerCase() === key.toLowerCase());
    if (!found) {
      requireOfficialKey(key);
      if (!HELD_ANYWAY.has(key.toLowerCase())) unused.push(key);
    } else if (found.kind === 'switch') {
      if (typeof value !== 'boolean') refuse(found.key, value, 'true or false');
      switches[found.setting] = value;
    } else {
      limits[found.limit] = found.kind === 'duration' ? readDuration(found.key, value) : readCount(found.key, value);
    }
  }
  return { settings: { ...DEFAULT_SETTINGS, ...switches, limits }, unused };
}

function readCount(key: string, value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 1) {
    refuse(key, value, 'a whole number above 0');
  }
  return value;
}

/** As there: a text with units, or a number of seconds. */
function readDuration(key: string, value: unknown): number {
  const ms = typeof value === 'string' ? (parseGoDuration(value) ?? 0) / 1e6 : Number(value) * 1000;
  if ((typeof value !== 'string' && typeof value !== 'number') || !(ms >= 1)) {
    refuse(key, value, 'a duration such as "30s", or a number of seconds, above 0');
  }
  return Math.round(ms);
}

function refuse(key: string, value: unknown, expected: string): never {
  throw new DynamicConfigError(`Dynamic configuration ${key}=${JSON.stringify(value)}: ${expected} is expected.`);
}

function requireOfficialKey(key: string): void {
  const meant = DYNAMIC_CONFIG_KEYS.find((each) => distance(each.key.toLowerCase(), key.toLowerCase()) <= SLIP);
  if (meant) throw new DynamicConfigError(`There is no dynamic configuration key "${key}"; "${meant.key}" is one.`);
  if (!FAMILY.test(key)) throw new DynamicConfigError(`"${key}" is no dynamic configuration key.`);
}

/** How many letters have to be added, taken away or changed. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
