/** Puts the faults of a test around a handler. */
import type { CallContext } from '../frontend/rpc-handler.js';
import type { AnyRpcHandler } from '../frontend/rpc-table.js';
import type { Faults } from './faults.js';

export function withFaults(faults: Faults, rpc: string, handler: AnyRpcHandler): AnyRpcHandler {
  return async (request: object, call: CallContext) => {
    await faults.reach(rpc, 'before', request);
    const response = await handler(request as never, call);
    await faults.reach(rpc, 'after', request);
    return response;
  };
}
