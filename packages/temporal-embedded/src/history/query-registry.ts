/**
 * Queries of one run that wait for a workflow task: those that came while events were on their way to the worker,
 * and so must be answered after them. In memory only; a client whose query is lost asks again.
 */
import type { temporal } from '../proto/root.js';

type WorkflowQuery = temporal.api.query.v1.IWorkflowQuery;
type QueryResult = temporal.api.query.v1.IWorkflowQueryResult;

/** How a buffered query ends: answered by a workflow task, or free to be sent to a worker directly. */
export type BufferedQueryEnd =
  | { readonly type: 'answered'; readonly result: QueryResult }
  | { readonly type: 'unblocked' }
  | { readonly type: 'failed'; readonly error: Error };

interface BufferedQuery {
  readonly query: WorkflowQuery;
  readonly end: (end: BufferedQueryEnd) => void;
}

export class QueryRegistry {
  readonly #buffered = new Map<string, BufferedQuery>();

  get size(): number {
    return this.#buffered.size;
  }

  buffer(id: string, query: WorkflowQuery, end: (end: BufferedQueryEnd) => void): void {
    this.#buffered.set(id, { query, end });
  }

  remove(id: string): void {
    this.#buffered.delete(id);
  }

  /** The queries of a workflow task that is handed out now. */
  pending(): Record<string, WorkflowQuery> {
    const queries: Record<string, WorkflowQuery> = {};
    for (const [id, { query }] of this.#buffered) queries[id] = query;
    return queries;
  }

  answer(id: string, result: QueryResult): void {
    this.#end(id, { type: 'answered', result });
  }

  /** No workflow task is under way (any more): all that waits can go to a worker directly. */
  unblockAll(): void {
    for (const id of [...this.#buffered.keys()]) this.#end(id, { type: 'unblocked' });
  }

  failAll(error: Error): void {
    for (const id of [...this.#buffered.keys()]) this.#end(id, { type: 'failed', error });
  }

  #end(id: string, end: BufferedQueryEnd): void {
    const query = this.#buffered.get(id);
    if (!query) return;
    this.#buffered.delete(id);
    query.end(end);
  }
}
