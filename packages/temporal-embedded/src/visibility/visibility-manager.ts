/**
 * Lists and counts workflow executions: the boundary between the rpcs, which bring a filter as text, and the store,
 * which finds runs by it. Rule: what a list shows has been committed when it is shown.
 */
import { InvalidArgumentError } from '../errors.js';
import { isReservedName } from '../namespaces/search-attribute-registry.js';
import type { RunKey, Store, VisibilityRow } from '../persistence/store.js';
import { temporalProto } from '../proto/root.js';
import type { temporal } from '../proto/root.js';
import { executionInfo } from './execution-info.js';
import { decodePageToken, encodePageToken } from './page-token.js';
import type { FindAttributeType } from './query-attribute.js';
import { compileQuery } from './query-compiler.js';
import { unsupportedQuery } from './query-errors.js';
import { parseQuery } from './query-parser.js';
import { withTypes } from './search-attributes.js';
import type { SearchAttributes } from './search-attributes.js';

export interface ExecutionsPage {
  readonly executions: readonly temporal.api.workflow.v1.IWorkflowExecutionInfo[];
  /** Empty on the last page. */
  readonly nextPageToken: Uint8Array;
}

export interface ExecutionCountGroup {
  readonly groupValues: readonly temporal.api.common.v1.IPayload[];
  readonly count: number;
}

export interface ExecutionCount {
  readonly count: number;
  /** Empty without GROUP BY. */
  readonly groups: readonly ExecutionCountGroup[];
}

const NO_TOKEN = new Uint8Array(0);
const encoder = new TextEncoder();

export class VisibilityManager {
  readonly #store: Store;
  readonly #attributes: SearchAttributes;

  constructor(store: Store, attributes: SearchAttributes) {
    this.#store = store;
    this.#attributes = attributes;
  }

  /**
   * One page of the runs that fit, open ones first, then by close time, then by start time, newest first. A run that
   * closes while a client pages moves in that order, and may then be seen again, as in the official service.
   * Throws `InvalidArgumentError` when the query or the token is not valid.
   */
  async list(namespaceId: string, query: string, pageSize: number, pageToken: Uint8Array): Promise<ExecutionsPage> {
    const after = decodePageToken(pageToken);
    const findType = this.#attributes.typesOf(namespaceId);
    const { filter, isGroupedByStatus } = compileQuery(parseQuery(query), findType);
    if (isGroupedByStatus) throw unsupportedQuery("'group by' clause");
    // One more than asked for tells whether there is a next page.
    const rows = this.#store.listVisibility(namespaceId, filter, after, pageSize + 1);
    await this.#store.committed();
    const page = rows.slice(0, pageSize);
    const last = rows.length > pageSize ? page.at(-1) : undefined;
    return {
      executions: page.map((row) => executionInfo(row, typedAttributes(row, findType))),
      nextPageToken: last ? encodePageToken(last) : NO_TOKEN,
    };
  }

  /** Throws `InvalidArgumentError` unless schedules can be listed by this filter: not by what the service's own workflows have. */
  requireScheduleFilter(namespaceId: string, query: string): void {
    const findType = this.#attributes.typesOf(namespaceId);
    compileQuery(parseQuery(query), (name) => {
      if (isReservedName(name) && name !== 'TemporalSchedulePaused') {
        throw new InvalidArgumentError(`invalid query filter for schedules: cannot filter on "${name}"`);
      }
      const type = findType(name);
      if (type === undefined && name !== 'ScheduleId') throw this.#attributes.unknown(namespaceId, name);
      return type;
    });
  }

  /**
   * Runs that fit, oldest first, with keys above `after` and up to `upTo`: an order that does not change while the runs
   * do, for who does something to each of them. Throws `InvalidArgumentError`.
   */
  runKeys(
    namespaceId: string,
    query: string,
    range: { readonly after: RunKey; readonly upTo: RunKey },
    limit: number,
  ): readonly RunKey[] {
    const { filter } = compileQuery(parseQuery(query), this.#attributes.typesOf(namespaceId));
    return this.#store.visibleRunKeys(namespaceId, filter, range, limit);
  }

  /** How many runs fit, with a group per status when the query ends in `GROUP BY ExecutionStatus`. */
  async count(namespaceId: string, query: string): Promise<ExecutionCount> {
    const { filter, isGroupedByStatus } = compileQuery(parseQuery(query), this.#attributes.typesOf(namespaceId));
    if (!isGroupedByStatus) {
      const count = this.#store.countVisibility(namespaceId, filter);
      await this.#store.committed();
      return { count, groups: [] };
    }
    const counts = [...this.#store.countVisibilityByStatus(namespaceId, filter)];
    await this.#store.committed();
    return {
      count: counts.reduce((sum, [, count]) => sum + count, 0),
      groups: counts.map(([status, count]) => ({ groupValues: [statusPayload(status)], count })),
    };
  }
}

function typedAttributes(
  row: VisibilityRow,
  findType: FindAttributeType,
): temporal.api.common.v1.ISearchAttributes | undefined {
  if (!row.searchAttributes) return undefined;
  return withTypes(temporalProto.api.common.v1.SearchAttributes.decode(row.searchAttributes), findType);
}

/** The status by the name that filters use, as a Keyword. */
function statusPayload(status: number): temporal.api.common.v1.IPayload {
  const name = temporalProto.api.enums.v1.WorkflowExecutionStatus[status] ?? '';
  const short = name.replace('WORKFLOW_EXECUTION_STATUS_', '').toLowerCase();
  const camel = short.replace(/(?:^|_)([a-z])/g, (_match, letter: string) => letter.toUpperCase());
  return {
    metadata: { encoding: encoder.encode('json/plain'), type: encoder.encode('Keyword') },
    data: encoder.encode(JSON.stringify(camel)),
  };
}
