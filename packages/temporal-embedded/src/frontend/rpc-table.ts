/**
 * Which handler serves which rpc: a table per service, by rpc name.
 * Rule: every rpc of a service that is offered answers. One without a handler is refused with the official server's code
 * and a sentence that says why, so that a user never has to guess whether the fault is on their side.
 */
import { PermissionDeniedError, UnimplementedError, GrpcStatus } from '../errors.js';
import type { RpcHandler } from './rpc-handler.js';
import { rpcSupport } from './support-table.js';

/** A handler whose request type is known only to its table entry. */
export type AnyRpcHandler = RpcHandler<never, object>;

/** Handlers of one gRPC service by rpc name. */
export type RpcTable = Readonly<Record<string, AnyRpcHandler>>;

/** The handler of an rpc that the service does not offer. */
export function refusedRpc(serviceName: string, rpcName: string): AnyRpcHandler {
  const { refusal } = rpcSupport(serviceName, rpcName);
  const { code, message } = refusal ?? {
    message: `${rpcName} is not implemented here; docs/support.md lists what is.`,
  };
  return () => {
    throw code === GrpcStatus.PERMISSION_DENIED ? new PermissionDeniedError(message) : new UnimplementedError(message);
  };
}
