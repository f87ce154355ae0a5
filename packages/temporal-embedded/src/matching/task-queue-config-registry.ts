/**
 * What operators have set for task queues: a cache over the store. Only what was set is stored, as the message that clients
 * get to see. A failed commit drops the cache, as in every registry.
 */
import type { Store } from '../persistence/store.js';
import { temporalProto } from '../proto/root.js';
import type { temporal } from '../proto/root.js';
import type { ConfiguredRates } from './queue-limits.js';

type Config = temporal.api.taskqueue.v1.ITaskQueueConfig;

const { TaskQueueConfig } = temporalProto.api.taskqueue.v1;
const KEY_PREFIX = 'task-queue-config/';

export interface TaskQueueName {
  readonly namespaceId: string;
  /** `temporal.api.enums.v1.TaskQueueType`. */
  readonly type: number;
  readonly name: string;
}

export class TaskQueueConfigRegistry {
  readonly #store: Store;
  readonly #byKey = new Map<string, Config>();
  #onRates: (queue: TaskQueueName, rates: ConfiguredRates) => void = () => undefined;

  constructor(store: Store) {
    this.#store = store;
    this.#load();
    store.onRollback(() => {
      const before = [...this.#byKey.keys()];
      this.#load();
      for (const key of new Set([...before, ...this.#byKey.keys()])) this.#tell(key);
    });
  }

  /** Called with the rates that are stored, at once, and with each change. */
  onRates(listener: (queue: TaskQueueName, rates: ConfiguredRates) => void): void {
    this.#onRates = listener;
    for (const key of this.#byKey.keys()) this.#tell(key);
  }

  find(queue: TaskQueueName): Config | undefined {
    return this.#byKey.get(keyOf(queue));
  }

  /** Stages it. */
  set(queue: TaskQueueName, config: Config): void {
    const key = keyOf(queue);
    this.#store.stage({ type: 'putSetting', key, value: TaskQueueConfig.encode(config).finish() });
    this.#byKey.set(key, config);
    this.#tell(key);
  }

  #tell(key: string): void {
    const { queueRateLimit, fairnessKeysRateLimitDefault } = this.#byKey.get(key) ?? {};
    this.#onRates(queueOf(key), { queue: rateOf(queueRateLimit), fairnessKey: rateOf(fairnessKeysRateLimitDefault) });
  }

  #load(): void {
    this.#byKey.clear();
    for (const { key, value } of this.#store.settings(KEY_PREFIX)) this.#byKey.set(key, TaskQueueConfig.decode(value));
  }
}

/** Of a limit that is set, and has not been unset since. */
const rateOf = (limit: temporal.api.taskqueue.v1.IRateLimitConfig | null | undefined): number | undefined =>
  limit?.rateLimit ? (limit.rateLimit.requestsPerSecond ?? 0) : undefined;

const keyOf = ({ namespaceId, type, name }: TaskQueueName): string => `${KEY_PREFIX}${namespaceId}/${type}/${name}`;

function queueOf(key: string): TaskQueueName {
  const [namespaceId = '', type = '', ...name] = key.slice(KEY_PREFIX.length).split('/');
  return { namespaceId, type: Number(type), name: name.join('/') };
}
