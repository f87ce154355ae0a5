/**
 * Which handler serves which rpc: a table per service, by rpc name.
 * Rule: every rpc of a service that is offered answers. One without a handler answers UNIMPLEMENTED with a sentence
 * that names it and says where to look, so that a user never has to guess whether the fault is on their side.
 */
import { UnimplementedError } from '../errors.js';
import type { RpcHandler } from './rpc-handler.js';
import { rpcSupport } from './support-table.js';

/** A handler whose request type is known only to its table entry. */
export type AnyRpcHandler = RpcHandler<never, object>;

/** Handlers of one gRPC service by rpc name. */
export type RpcTable = Readonly<Record<string, AnyRpcHandler>>;

/** The handler of an rpc that the service does not offer yet. */
export function unimplementedRpc(serviceName: string, rpcName: string): AnyRpcHandler {
  const { note } = rpcSupport(serviceName, rpcName);
  const reason = note === undefined ? '' : ` (${note})`;
  return () => {
    throw new UnimplementedError(
      `${rpcName} is not implemented by temporal-embedded yet${reason}; docs/support.md lists what is. ` +
        'A full Temporal service has it: point TEMPORAL_ADDRESS at one.',
    );
  };
}
