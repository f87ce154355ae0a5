/**
 * Puts what concerns every call around the handlers: the faults of a test, around them access control, and around that the
 * metrics, so that refused calls are counted as well. Without any, the handlers stay as they are: an rpc costs nothing for what is not asked for.
 */
import type { Faults } from '../faults/faults.js';
import { withFaults } from '../faults/with-faults.js';
import type { ServiceMetrics } from '../metrics/service-metrics.js';
import { withAccessControl } from './access-control.js';
import type { Authorizer } from './access-control.js';
import type { OfferedService } from './grpc-server.js';
import { refusedRpc } from './rpc-table.js';
import type { AnyRpcHandler, RpcTable } from './rpc-table.js';

export interface Guards {
  readonly authorizer?: Authorizer | undefined;
  readonly faults?: Faults | undefined;
  readonly metrics?: ServiceMetrics | undefined;
}

/** `rpcNames` tells all rpcs of a service: one that is missing is guarded like the others. */
export function guardedServices(
  services: readonly OfferedService[],
  { authorizer, faults, metrics }: Guards,
  rpcNames: (serviceName: string) => readonly string[],
): OfferedService[] {
  if (!authorizer && !faults && !metrics) return [...services];
  const guard = (serviceName: string, rpc: string, handler: AnyRpcHandler): AnyRpcHandler => {
    const faulty = faults ? withFaults(faults, rpc, handler) : handler;
    const controlled = authorizer ? withAccessControl(authorizer, serviceName, rpc, faulty) : faulty;
    return metrics ? metrics.measured(rpc, controlled) : controlled;
  };
  return services.map((service) => ({
    ...service,
    rpcs: Object.fromEntries(
      rpcNames(service.name).map((rpc) => [
        rpc,
        guard(service.name, rpc, service.rpcs[rpc] ?? refusedRpc(service.name, rpc)),
      ]),
    ) satisfies RpcTable,
  }));
}
