/**
 * The namespaces of this service: a cache by name and by id over the store, and the rules for changing them.
 * It is the boundary between requests, which name a namespace, and everything behind the frontend, which knows ids.
 * Rule: a change is visible to reads at once and answered after its commit; a failed commit drops the cache.
 */
import { randomUUID } from 'node:crypto';
import {
  FailedPreconditionError,
  InvalidArgumentError,
  NamespaceAlreadyExistsError,
  NamespaceNotFoundError,
} from '../errors.js';
import type { Store } from '../persistence/store.js';
import { decodeNamespace, encodeNamespace, NamespaceState } from './namespace.js';
import type { Namespace } from './namespace.js';

/** `namespace.MinRetentionLocal` of the official server. */
export const MIN_RETENTION_MS = 60 * 60 * 1000;
/** What the official development server gives the namespaces that it creates at launch. */
export const DEFAULT_RETENTION_MS = 24 * 60 * 60 * 1000;
/** `limit.maxIDLength` of the official server, which also limits namespace names. */
const MAX_NAME_LENGTH = 1000;

/** What RegisterNamespace decides about a namespace. */
export interface NamespaceRegistration {
  readonly name: string;
  readonly description?: string;
  readonly ownerEmail?: string;
  readonly data?: Readonly<Record<string, string>>;
  readonly retentionMs: number;
}

/** What UpdateNamespace may change; an absent field stays as it is, `data` is merged. */
export type NamespaceUpdate = Partial<Pick<Namespace, 'description' | 'ownerEmail' | 'data' | 'retentionMs' | 'state'>>;

/** All namespaces of one store. */
export class NamespaceRegistry {
  readonly #store: Store;
  readonly #byName = new Map<string, Namespace>();
  readonly #byId = new Map<string, Namespace>();

  constructor(store: Store) {
    this.#store = store;
    this.#load();
    store.onRollback(() => this.#load());
  }

  /** Throws `InvalidArgumentError` when `name` is empty or too long, `NamespaceNotFoundError` when it is unknown. */
  require(name: string | null | undefined): Namespace {
    if (name) {
      const namespace = this.#byName.get(name);
      if (namespace) return namespace;
    }
    throw this.#notFound(name);
  }

  /** Throws `NamespaceNotFoundError` when no namespace has this id. */
  requireById(id: string): Namespace {
    const namespace = this.#byId.get(id);
    if (!namespace) throw new NamespaceNotFoundError(id);
    return namespace;
  }

  find(name: string): Namespace | undefined {
    return this.#byName.get(name);
  }

  /** Every namespace that is not deleted, in the order of ids: the order of pages in ListNamespaces. */
  list(): readonly Namespace[] {
    return [...this.#byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** Throws `NamespaceAlreadyExistsError` when the name is taken, `InvalidArgumentError` for a bad name or retention. */
  register(registration: NamespaceRegistration): Namespace {
    requireValidName(registration.name);
    requireValidRetention(registration.retentionMs);
    if (this.#byName.has(registration.name)) throw new NamespaceAlreadyExistsError(registration.name);
    return this.#put({
      id: randomUUID(),
      name: registration.name,
      state: NamespaceState.REGISTERED,
      description: registration.description ?? '',
      ownerEmail: registration.ownerEmail ?? '',
      data: { ...registration.data },
      retentionMs: registration.retentionMs,
    });
  }

  /** Throws `NamespaceNotFoundError`, or `InvalidArgumentError` for a bad retention. */
  update(name: string | null | undefined, update: NamespaceUpdate): Namespace {
    const namespace = this.require(name);
    if (update.retentionMs !== undefined) requireValidRetention(update.retentionMs);
    return this.#put({ ...namespace, ...update, data: { ...namespace.data, ...update.data } });
  }

  /**
   * Takes the name away at once; the id keeps its runs until they are removed.
   * Returns the name that the record keeps, as the official server renames it.
   */
  delete(namespace: Namespace): Namespace {
    if (namespace.state === NamespaceState.DELETED) {
      throw new FailedPreconditionError(`Namespace ${namespace.name} is already deleted.`);
    }
    const renamed = `${namespace.name}-deleted-${namespace.id.slice(0, 5)}`;
    this.#byName.delete(namespace.name);
    this.#byId.delete(namespace.id);
    const deleted: Namespace = { ...namespace, name: renamed, state: NamespaceState.DELETED };
    this.#store.stage({ type: 'putNamespace', record: encodeNamespace(deleted) });
    return deleted;
  }

  #put(namespace: Namespace): Namespace {
    this.#store.stage({ type: 'putNamespace', record: encodeNamespace(namespace) });
    this.#byName.set(namespace.name, namespace);
    this.#byId.set(namespace.id, namespace);
    return namespace;
  }

  #load(): void {
    this.#byName.clear();
    this.#byId.clear();
    for (const record of this.#store.namespaces()) {
      const namespace = decodeNamespace(record);
      if (namespace.state === NamespaceState.DELETED) continue;
      this.#byName.set(namespace.name, namespace);
      this.#byId.set(namespace.id, namespace);
    }
  }

  #notFound(name: string | null | undefined): Error {
    if (!name) return new InvalidArgumentError('Namespace is empty.');
    if (name.length > MAX_NAME_LENGTH) return new InvalidArgumentError('Namespace length exceeds limit.');
    return new NamespaceNotFoundError(name);
  }
}

/** What the rpcs about namespaces say when none is named; the others say that it is empty. */
export function requireNamespaceSet(name: string | null | undefined): asserts name is string {
  if (!name) throw new InvalidArgumentError('Namespace not set on request.');
}

function requireValidName(name: string): void {
  requireNamespaceSet(name);
  if (name.length > MAX_NAME_LENGTH) throw new InvalidArgumentError('Namespace length exceeds limit.');
}

function requireValidRetention(retentionMs: number): void {
  if (!(retentionMs >= MIN_RETENTION_MS)) {
    throw new InvalidArgumentError('A valid retention period is not set on request.');
  }
}
