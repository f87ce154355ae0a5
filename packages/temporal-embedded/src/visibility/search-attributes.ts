/**
 * The search attributes of a namespace as history and lists need them: which names there are, whether a client's
 * values fit them, and the values that lists are filtered by. It implements history's `SearchAttributeCatalog`.
 * Rule: refusals are worded as the official service words them, since SDK tests and users match on the text.
 */
import { InvalidArgumentError } from '../errors.js';
import { SYSTEM_SEARCH_ATTRIBUTES } from '../namespaces/search-attribute-registry.js';
import { SEARCH_ATTRIBUTE_TYPES } from '../namespaces/search-attribute-type.js';
import type { SearchAttributeValue, Store } from '../persistence/store.js';
import type { temporal } from '../proto/root.js';
import type { FindAttributeType } from './query-attribute.js';
import { decodeSearchAttribute, UnfitValueError } from './search-attribute-value.js';
import { findSystemColumn } from './system-columns.js';

type ISearchAttributes = temporal.api.common.v1.ISearchAttributes;
type Fields = NonNullable<ISearchAttributes['indexedFields']>;

const MAX_KEYS = 100;
const MAX_VALUE_BYTES = 2048;
const MAX_TOTAL_BYTES = 40 * 1024;

/** Predefined, and yet only for the service to set. */
const INTERNAL_NAMES: ReadonlySet<string> = new Set([
  'TemporalWorkerDeployment',
  'TemporalWorkerDeploymentVersion',
  'TemporalWorkflowVersioningBehavior',
]);

const TYPE_NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(SEARCH_ATTRIBUTE_TYPES).map(([name, type]) => [type, name]),
);

const encoder = new TextEncoder();

export class SearchAttributes {
  readonly #store: Pick<Store, 'searchAttributes'>;
  readonly #namespaceName: (namespaceId: string) => string;

  /** `namespaceName` is for messages only. */
  constructor(store: Pick<Store, 'searchAttributes'>, namespaceName: (namespaceId: string) => string) {
    this.#store = store;
    this.#namespaceName = namespaceName;
  }

  /**
   * Looks up types as they are now: the namespace's definitions are read once, at the first name that is not the
   * system's. To be used within one request.
   */
  typesOf(namespaceId: string): FindAttributeType {
    let custom: ReadonlyMap<string, number> | undefined;
    return (name) => {
      if (Object.hasOwn(SYSTEM_SEARCH_ATTRIBUTES, name)) return SYSTEM_SEARCH_ATTRIBUTES[name];
      custom ??= new Map(this.#store.searchAttributes(namespaceId).map(({ name: known, type }) => [known, type]));
      return custom.get(name);
    };
  }

  /** Throws `InvalidArgumentError` when a name is unknown, a value does not fit its type, or there is too much. */
  validate(namespaceId: string, attributes: ISearchAttributes | null | undefined): void {
    const fields = attributes?.indexedFields;
    if (!fields) return;
    const names = Object.keys(fields);
    if (names.length > MAX_KEYS) {
      throw new InvalidArgumentError(
        `number of search attributes ${String(names.length)} exceeds limit ${String(MAX_KEYS)}`,
      );
    }
    const findType = this.typesOf(namespaceId);
    const types = names.map((name) => [name, this.#requireSettable(namespaceId, name, findType)] as const);
    for (const [name, type] of types) requireFit(name, type, fields);
    requireSize(fields);
  }

  /** How a request is refused that names an attribute which the namespace does not have. */
  unknown(namespaceId: string, name: string): InvalidArgumentError {
    return new InvalidArgumentError(
      `Namespace ${this.#namespaceName(namespaceId)} has no mapping defined for search attribute ${name}`,
    );
  }

  typed(namespaceId: string, attributes: ISearchAttributes): ISearchAttributes {
    return withTypes(attributes, this.typesOf(namespaceId));
  }

  /** The values as the list filter language sees them; a value that does not fit its type (any more) is left out. */
  indexedValues(
    namespaceId: string,
    attributes: ISearchAttributes | null | undefined,
  ): ReadonlyMap<string, SearchAttributeValue> {
    const values = new Map<string, SearchAttributeValue>();
    const findType = this.typesOf(namespaceId);
    for (const [name, payload] of Object.entries(attributes?.indexedFields ?? {})) {
      const type = findType(name);
      if (type === undefined) continue;
      const value = decodeOrSkip(payload, type);
      if (value !== undefined) values.set(name, value);
    }
    return values;
  }

  #requireSettable(namespaceId: string, name: string, findType: FindAttributeType): number {
    const type = findType(name);
    if (type === undefined) throw this.unknown(namespaceId, name);
    if (findSystemColumn(name) || INTERNAL_NAMES.has(name)) {
      throw new InvalidArgumentError(`${name} attribute can't be set in SearchAttributes`);
    }
    return type;
  }
}

/** The same attributes with the `type` metadata by which SDKs decode them; names that are gone are left out. */
export function withTypes(attributes: ISearchAttributes, findType: FindAttributeType): ISearchAttributes {
  const indexedFields: Fields = {};
  for (const [name, payload] of Object.entries(attributes.indexedFields ?? {})) {
    const typeName = TYPE_NAMES.get(findType(name) ?? 0);
    if (typeName === undefined) continue;
    indexedFields[name] = { ...payload, metadata: { ...payload.metadata, type: encoder.encode(typeName) } };
  }
  return { indexedFields };
}

function requireFit(name: string, type: number, fields: Fields): void {
  try {
    decodeSearchAttribute(fields[name] ?? {}, type);
  } catch (error) {
    if (!(error instanceof UnfitValueError)) throw error;
    throw new InvalidArgumentError(
      `invalid value for search attribute ${name} of type ${TYPE_NAMES.get(type) ?? String(type)}: ${error.shown}`,
    );
  }
}

function requireSize(fields: Fields): void {
  let total = 0;
  for (const [name, payload] of Object.entries(fields)) {
    const size = payload.data?.length ?? 0;
    if (size > MAX_VALUE_BYTES) {
      throw new InvalidArgumentError(
        `search attribute ${name} value size ${String(size)} exceeds size limit ${String(MAX_VALUE_BYTES)}`,
      );
    }
    total += size + encoder.encode(name).length;
    for (const [key, value] of Object.entries(payload.metadata ?? {})) total += key.length + value.length;
  }
  if (total > MAX_TOTAL_BYTES) {
    throw new InvalidArgumentError(
      `total size of search attributes ${String(total)} exceeds size limit ${String(MAX_TOTAL_BYTES)}`,
    );
  }
}

function decodeOrSkip(payload: Fields[string], type: number): SearchAttributeValue | undefined {
  try {
    return decodeSearchAttribute(payload, type);
  } catch (error) {
    // Validated when it was set; since then the attribute may have been removed and added with another type.
    if (error instanceof UnfitValueError) return undefined;
    throw error;
  }
}
