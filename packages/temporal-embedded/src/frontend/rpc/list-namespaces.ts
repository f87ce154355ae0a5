/** ListNamespaces: pages through the namespaces by id; the page token is the last id of the page before. */
import { namespaceToProto } from '../../namespaces/namespace.js';
import type { temporal } from '../../proto/root.js';
import type { NamespaceServices } from '../namespace-services.js';
import type { RpcHandler } from '../rpc-handler.js';

type Request = temporal.api.workflowservice.v1.IListNamespacesRequest;
type Response = temporal.api.workflowservice.v1.IListNamespacesResponse;

const DEFAULT_PAGE_SIZE = 100;

export const listNamespaces =
  ({ namespaces, settings }: NamespaceServices): RpcHandler<Request, Response> =>
  (request) => {
    const pageSize = request.pageSize && request.pageSize > 0 ? request.pageSize : DEFAULT_PAGE_SIZE;
    const afterId = Buffer.from(request.nextPageToken ?? []).toString('utf8');
    const remaining = namespaces.list().filter((namespace) => namespace.id > afterId);
    const page = remaining.slice(0, pageSize);
    const last = page.at(-1);
    const hasMore = remaining.length > page.length && last !== undefined;
    return {
      namespaces: page.map((namespace) => namespaceToProto(namespace, settings)),
      ...(hasMore && { nextPageToken: Buffer.from(last.id, 'utf8') }),
    };
  };
