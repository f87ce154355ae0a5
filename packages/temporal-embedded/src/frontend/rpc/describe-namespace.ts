/** DescribeNamespace: one namespace, asked for by id or by name. */
import { InvalidArgumentError } from '../../errors.js';
import { requireNamespaceSet } from '../../namespaces/namespace-registry.js';
import { namespaceToProto } from '../../namespaces/namespace.js';
import type { temporal } from '../../proto/root.js';
import type { NamespaceServices } from '../namespace-services.js';
import type { RpcHandler } from '../rpc-handler.js';

type Request = temporal.api.workflowservice.v1.IDescribeNamespaceRequest;
type Response = temporal.api.workflowservice.v1.IDescribeNamespaceResponse;

export const describeNamespace =
  ({ namespaces, settings }: NamespaceServices): RpcHandler<Request, Response> =>
  (request) => {
    if (request.id && request.namespace) {
      throw new InvalidArgumentError('GetNamespace operation failed.  Both ID and Name specified in request.');
    }
    if (!request.id) requireNamespaceSet(request.namespace);
    const namespace = request.id ? namespaces.requireById(request.id) : namespaces.require(request.namespace);
    return namespaceToProto(namespace, settings);
  };
