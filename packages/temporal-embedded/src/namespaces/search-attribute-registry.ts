/**
 * Which search attributes a namespace has: those of the system, the same everywhere, and those that were added to it.
 * It guards the rules for adding and removing them; what values they take and how they are found is visibility's.
 */
import { InvalidArgumentError } from '../errors.js';
import type { Store } from '../persistence/store.js';
import { SEARCH_ATTRIBUTE_TYPES } from './search-attribute-type.js';

const { Keyword, Int, Datetime, Bool, KeywordList } = SEARCH_ATTRIBUTE_TYPES;

/** Attributes that the service itself writes or that SDKs may set, by name; as listed by Temporal Server 1.29. */
export const SYSTEM_SEARCH_ATTRIBUTES: Readonly<Record<string, number>> = {
  BatcherNamespace: Keyword,
  BatcherUser: Keyword,
  BinaryChecksums: KeywordList,
  BuildIds: KeywordList,
  CloseTime: Datetime,
  ExecutionDuration: Int,
  ExecutionStatus: Keyword,
  ExecutionTime: Datetime,
  HistoryLength: Int,
  HistorySizeBytes: Int,
  ParentRunId: Keyword,
  ParentWorkflowId: Keyword,
  RootRunId: Keyword,
  RootWorkflowId: Keyword,
  RunId: Keyword,
  StartTime: Datetime,
  StateTransitionCount: Int,
  TaskQueue: Keyword,
  TemporalChangeVersion: KeywordList,
  TemporalNamespaceDivision: Keyword,
  TemporalPauseInfo: KeywordList,
  TemporalScheduledById: Keyword,
  TemporalScheduledStartTime: Datetime,
  TemporalSchedulePaused: Bool,
  TemporalWorkerDeployment: Keyword,
  TemporalWorkerDeploymentVersion: Keyword,
  TemporalWorkflowVersioningBehavior: Keyword,
  WorkflowId: Keyword,
  WorkflowType: Keyword,
};

/** Names with this prefix are for the system, also those that it does not use yet. */
const RESERVED_PREFIX = 'Temporal';
const KNOWN_TYPES: ReadonlySet<number> = new Set([0, ...Object.values(SEARCH_ATTRIBUTE_TYPES)]);

/** Names that are not for clients to add. */
export const isReservedName = (name: string): boolean =>
  Object.hasOwn(SYSTEM_SEARCH_ATTRIBUTES, name) || name.startsWith(RESERVED_PREFIX);

/** The custom search attributes of every namespace. */
export class SearchAttributeRegistry {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Name to `temporal.api.enums.v1.IndexedValueType`, custom ones only. */
  custom(namespaceId: string): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#store.searchAttributes(namespaceId).map(({ name, type }) => [name, type]));
  }

  /**
   * Adds what is not there yet; a name that is taken keeps its type, as in the official server.
   * Throws `InvalidArgumentError` for a reserved name or an unknown type, and then adds nothing.
   */
  add(namespaceId: string, attributes: Readonly<Record<string, number>>): void {
    for (const [name, type] of Object.entries(attributes)) {
      if (isReservedName(name)) throw new InvalidArgumentError(`Search attribute ${name} is reserved by system.`);
      if (!KNOWN_TYPES.has(type)) throw new InvalidArgumentError(`Unknown search attribute type: ${type}.`);
      if (type === 0) {
        throw new InvalidArgumentError('Unable to create search attributes: the type Unspecified has no attributes.');
      }
    }
    const known = this.custom(namespaceId);
    for (const [name, type] of Object.entries(attributes)) {
      if (Object.hasOwn(known, name)) continue;
      this.#store.stage({ type: 'putSearchAttribute', record: { namespaceId, name, type } });
    }
  }

  /** Ignores names that are not there. Throws `InvalidArgumentError` for a system attribute, and then removes nothing. */
  remove(namespaceId: string, names: readonly string[]): void {
    const known = this.custom(namespaceId);
    const system = names.find((name) => !Object.hasOwn(known, name) && Object.hasOwn(SYSTEM_SEARCH_ATTRIBUTES, name));
    if (system) throw new InvalidArgumentError(`Unable to remove non-custom search attributes: ${system}.`);
    for (const name of names) {
      if (Object.hasOwn(known, name)) this.#store.stage({ type: 'deleteSearchAttribute', namespaceId, name });
    }
  }
}
