/**
 * DeleteNamespace (OperatorService): frees the name at once, then deletes schedules and executions page by page, each page in a
 * commit of its own. What a crash in between leaves behind is out of reach, as the name is gone already.
 */
import { InvalidArgumentError } from '../../errors.js';
import { deleteRun } from '../../history/delete-run.js';
import type { HistoryEngine } from '../../history/history-engine.js';
import { requireNamespaceSet } from '../../namespaces/namespace-registry.js';
import type { temporal } from '../../proto/root.js';
import type { ScheduleEngine } from '../../schedules/schedule-engine.js';
import type { VisibilityServices } from '../executions-page.js';
import type { RpcHandler } from '../rpc-handler.js';

type Request = temporal.api.operatorservice.v1.IDeleteNamespaceRequest;
type Response = temporal.api.operatorservice.v1.IDeleteNamespaceResponse;

/** Executions that are deleted in one commit. */
const PAGE_SIZE = 200;

/** What DeleteNamespace stands on. */
export interface DeleteNamespaceServices extends VisibilityServices {
  readonly engine: HistoryEngine;
  readonly schedules: ScheduleEngine;
}

export const deleteNamespace =
  (services: DeleteNamespaceServices): RpcHandler<Request, Response> =>
  async (request) => {
    if (request.namespace && request.namespaceId) {
      throw new InvalidArgumentError('Only one of namespace name or Id should be set on request.');
    }
    if (!request.namespaceId) requireNamespaceSet(request.namespace);
    const namespace = request.namespaceId
      ? services.namespaces.requireById(request.namespaceId)
      : services.namespaces.require(request.namespace);
    const deleted = services.namespaces.delete(namespace);
    await services.engine.store.committed();
    // First, or they would start new ones.
    while (services.schedules.deleteSome(namespace.id, PAGE_SIZE)) await services.engine.store.committed();
    await deleteExecutions(services, namespace.id);
    return { deletedNamespace: deleted.name };
  };

async function deleteExecutions({ engine, visibility }: DeleteNamespaceServices, namespaceId: string): Promise<void> {
  for (;;) {
    // Always the first page: what it showed is gone when the next one is asked for.
    const { executions } = await visibility.list(namespaceId, '', PAGE_SIZE, new Uint8Array());
    if (executions.length === 0) return;
    for (const { execution } of executions) {
      const context = engine.tryFindRun(namespaceId, execution?.workflowId ?? '', execution?.runId ?? '');
      if (context) deleteRun(engine, context);
    }
    await engine.store.committed();
  }
}
