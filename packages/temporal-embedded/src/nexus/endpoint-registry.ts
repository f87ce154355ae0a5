/**
 * The Nexus endpoints of this service: names under which workflows call handlers, and where those handlers are.
 * They belong to no namespace. It is the boundary between requests, which name a target namespace, and records, which hold
 * its id. A failed commit drops the cache, as in every registry.
 */
import type { Clock } from '../clock/clock.js';
import { AlreadyExistsError, FailedPreconditionError, NotFoundError } from '../errors.js';
import type { IdGenerator } from '../history/id-generator.js';
import type { NexusEndpointLookup } from '../history/ports.js';
import { numberFromInt64, timestampFromMs } from '../history/proto-time.js';
import type { Int64 } from '../history/proto-time.js';
import type { Store } from '../persistence/store.js';
import { int64FromNumber } from '../proto/int64.js';
import { temporalProto } from '../proto/root.js';
import type { temporal } from '../proto/root.js';

const KEY_PREFIX = 'nexus-endpoint/';
const EndpointMessage = temporalProto.api.nexus.v1.Endpoint;

/** Where an endpoint's calls go. */
export type EndpointTarget =
  | { readonly type: 'worker'; readonly namespaceId: string; readonly taskQueue: string }
  | { readonly type: 'external'; readonly url: string };

export interface EndpointSpec {
  readonly name: string;
  readonly description: temporal.api.common.v1.IPayload | null;
  readonly target: EndpointTarget;
}

export interface Endpoint extends EndpointSpec {
  readonly id: string;
  /** 1 when it is created, one more with each update. */
  readonly version: number;
  readonly createdTime: temporal.api.nexus.v1.IEndpoint['createdTime'];
  readonly lastModifiedTime: temporal.api.nexus.v1.IEndpoint['lastModifiedTime'];
}

export class EndpointRegistry implements NexusEndpointLookup {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #ids: IdGenerator;
  readonly #byId = new Map<string, Endpoint>();
  readonly #byName = new Map<string, Endpoint>();

  constructor(store: Store, clock: Clock, ids: IdGenerator) {
    this.#store = store;
    this.#clock = clock;
    this.#ids = ids;
    this.#load();
    store.onRollback(() => this.#load());
  }

  findByName(name: string): Endpoint | undefined {
    return this.#byName.get(name);
  }

  findById(id: string): Endpoint | undefined {
    return this.#byId.get(id);
  }

  /** All of them, in the order of their ids. */
  list(): readonly Endpoint[] {
    return [...this.#byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** Throws `AlreadyExistsError` when the name is taken. */
  create(spec: EndpointSpec): Endpoint {
    this.#requireFreeName(spec.name, undefined);
    return this.#put({
      ...spec,
      id: this.#ids.uuid(),
      version: 1,
      createdTime: timestampFromMs(this.#clock.nowMs()),
      lastModifiedTime: null,
    });
  }

  /** Throws `NotFoundError`, or `FailedPreconditionError` when somebody else has updated it since `version`. */
  update(id: string, version: number, spec: EndpointSpec): Endpoint {
    const previous = this.#byId.get(id);
    if (!previous) throw new NotFoundError(`error updating Nexus endpoint. endpoint ID ${id} not found`);
    if (previous.version !== version) {
      throw new FailedPreconditionError(
        `nexus endpoint version mismatch. received: ${version} expected ${previous.version}`,
      );
    }
    this.#requireFreeName(spec.name, id);
    this.#byName.delete(previous.name);
    return this.#put({
      ...spec,
      id,
      version: version + 1,
      createdTime: previous.createdTime,
      lastModifiedTime: timestampFromMs(this.#clock.nowMs()),
    });
  }

  /** Throws `NotFoundError`. */
  delete(id: string): void {
    const endpoint = this.#byId.get(id);
    if (!endpoint) throw new NotFoundError(`error deleting nexus endpoint with ID: ${id}`);
    this.#byId.delete(id);
    this.#byName.delete(endpoint.name);
    this.#store.stage({ type: 'deleteSetting', key: KEY_PREFIX + id });
  }

  /** An endpoint by the old name would have been found by workflows that mean this one. */
  #requireFreeName(name: string, ownId: string | undefined): void {
    const holder = this.#byName.get(name);
    if (!holder || holder.id === ownId) return;
    throw new AlreadyExistsError(`error creating Nexus endpoint. Endpoint with name ${name} already registered`);
  }

  #put(endpoint: Endpoint): Endpoint {
    this.#store.stage({ type: 'putSetting', key: KEY_PREFIX + endpoint.id, value: encodeEndpoint(endpoint) });
    this.#keep(endpoint);
    return endpoint;
  }

  #keep(endpoint: Endpoint): void {
    this.#byId.set(endpoint.id, endpoint);
    this.#byName.set(endpoint.name, endpoint);
  }

  #load(): void {
    this.#byId.clear();
    this.#byName.clear();
    for (const { value } of this.#store.settings(KEY_PREFIX)) this.#keep(decodeEndpoint(value));
  }
}

/** As rpcs show it; `namespaceName` gives the name of an id. */
export function endpointToProto(
  endpoint: Endpoint,
  namespaceName: (namespaceId: string) => string,
): temporal.api.nexus.v1.IEndpoint {
  const { target } = endpoint;
  return {
    ...recordOf(endpoint, target.type === 'worker' ? namespaceName(target.namespaceId) : ''),
    urlPrefix: `/nexus/endpoints/${endpoint.id}/services`,
  };
}

const encodeEndpoint = (endpoint: Endpoint): Uint8Array =>
  EndpointMessage.encode(
    recordOf(endpoint, endpoint.target.type === 'worker' ? endpoint.target.namespaceId : ''),
  ).finish();

function recordOf(endpoint: Endpoint, namespace: string): temporal.api.nexus.v1.IEndpoint {
  const { target } = endpoint;
  return {
    id: endpoint.id,
    version: int64FromNumber(endpoint.version),
    createdTime: endpoint.createdTime ?? null,
    lastModifiedTime: endpoint.lastModifiedTime ?? null,
    spec: {
      name: endpoint.name,
      description: endpoint.description,
      target:
        target.type === 'worker'
          ? { worker: { namespace, taskQueue: target.taskQueue } }
          : { external: { url: target.url } },
    },
  };
}

function decodeEndpoint(bytes: Uint8Array): Endpoint {
  const message = EndpointMessage.decode(bytes);
  const { worker, external } = message.spec?.target ?? {};
  return {
    id: message.id,
    version: numberFromInt64(message.version as Int64),
    createdTime: message.createdTime ?? null,
    lastModifiedTime: message.lastModifiedTime ?? null,
    name: message.spec?.name ?? '',
    description: message.spec?.description ?? null,
    target: worker
      ? { type: 'worker', namespaceId: worker.namespace ?? '', taskQueue: worker.taskQueue ?? '' }
      : { type: 'external', url: external?.url ?? '' },
  };
}
