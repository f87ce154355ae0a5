/**
 * Lists executions for the rpcs that differ only in how they say what to list: one page of a query, the size within
 * the service's bounds, and the older filters written as a query.
 */
import { InvalidArgumentError } from '../errors.js';
import { msFromTimestamp } from '../history/proto-time.js';
import type { NamespaceRegistry } from '../namespaces/namespace-registry.js';
import type { temporal } from '../proto/root.js';
import type { VisibilityManager } from '../visibility/visibility-manager.js';

/** `frontend.visibilityMaxPageSize` of the official server; also what a request without a size gets. */
const MAX_PAGE_SIZE = 1000;

/** What the rpcs on visibility stand on. */
export interface VisibilityServices {
  readonly namespaces: NamespaceRegistry;
  readonly visibility: VisibilityManager;
}

interface PageRequest {
  readonly namespace?: string | null | undefined;
  readonly query: string;
  readonly pageSize?: number | null | undefined;
  readonly nextPageToken?: Uint8Array | null | undefined;
}

interface ExecutionsPage {
  readonly executions: temporal.api.workflow.v1.IWorkflowExecutionInfo[];
  readonly nextPageToken: Uint8Array;
}

/** The size of a page that a client asks for, within bounds. */
export function visibilityPageSize(asked: number | null | undefined): number {
  return !asked || asked < 0 || asked > MAX_PAGE_SIZE ? MAX_PAGE_SIZE : asked;
}

/** One page. Throws `NamespaceNotFoundError`, or `InvalidArgumentError` for a bad query or page token. */
export async function listExecutionsPage(
  { namespaces, visibility }: VisibilityServices,
  request: PageRequest,
): Promise<ExecutionsPage> {
  const namespace = namespaces.require(request.namespace);
  const pageSize = visibilityPageSize(request.pageSize);
  const page = await visibility.list(namespace.id, request.query, pageSize, request.nextPageToken ?? new Uint8Array());
  return { executions: [...page.executions], nextPageToken: page.nextPageToken };
}

interface OlderFilters {
  readonly startTimeFilter?: temporal.api.filter.v1.IStartTimeFilter | null;
  readonly executionFilter?: temporal.api.filter.v1.IWorkflowExecutionFilter | null;
  readonly typeFilter?: temporal.api.filter.v1.IWorkflowTypeFilter | null;
  readonly statusFilter?: temporal.api.filter.v1.IStatusFilter | null;
}

/** The filters of ListOpen and ListClosed as a query; of execution, type and status the first that is set counts. */
export function olderFiltersQuery(status: string, timeAttribute: string, filters: OlderFilters): string {
  const conditions = [status];
  const earliestMs = msFromTimestamp(filters.startTimeFilter?.earliestTime);
  const latestMs = msFromTimestamp(filters.startTimeFilter?.latestTime);
  if (earliestMs !== undefined && latestMs !== undefined && earliestMs > latestMs) {
    throw new InvalidArgumentError('EarliestTime in StartTimeFilter should not be larger than LatestTime.');
  }
  if (earliestMs !== undefined) conditions.push(`${timeAttribute} >= '${new Date(earliestMs).toISOString()}'`);
  if (latestMs !== undefined) conditions.push(`${timeAttribute} <= '${new Date(latestMs).toISOString()}'`);
  if (filters.executionFilter) conditions.push(`WorkflowId = ${quoted(filters.executionFilter.workflowId)}`);
  else if (filters.typeFilter) conditions.push(`WorkflowType = ${quoted(filters.typeFilter.name)}`);
  else if (filters.statusFilter)
    conditions.push(`ExecutionStatus = ${requireClosedStatus(filters.statusFilter.status)}`);
  return conditions.join(' AND ');
}

function requireClosedStatus(status: number | null | undefined): number {
  const RUNNING = 1;
  if (!status || status === RUNNING) {
    throw new InvalidArgumentError('StatusFilter must be specified and must be not Running.');
  }
  return status;
}

const quoted = (text: string | null | undefined): string => `'${(text ?? '').replaceAll("'", "''")}'`;
