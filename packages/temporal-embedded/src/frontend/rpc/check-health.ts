/**
 * grpc.health.v1.Health: Check answers at once, Watch sends the state and holds the stream until someone leaves.
 * A listener that answers is serving: the service opens it only when everything behind it is ready.
 */
import { status } from '@grpc/grpc-js';
import type { ServerWritableStream, UntypedHandleCall } from '@grpc/grpc-js';
import { GrpcStatus, ServiceError } from '../../errors.js';
import type { ActiveCalls } from '../grpc-call-context.js';
import type { RpcHandler } from '../rpc-handler.js';

interface HealthRequest {
  readonly service?: string | null;
}
interface HealthResponse {
  /** `grpc.health.v1.HealthCheckResponse.ServingStatus`: SERVING = 1, NOT_SERVING = 2, SERVICE_UNKNOWN = 3. */
  readonly status: number;
}

const SERVING: HealthResponse = { status: 1 };
const NOT_SERVING: HealthResponse = { status: 2 };
const SERVICE_UNKNOWN: HealthResponse = { status: 3 };

/** @param serviceNames full names of the services that are offered; the empty name stands for all. */
export const checkHealth =
  (serviceNames: ReadonlySet<string>): RpcHandler<HealthRequest, HealthResponse> =>
  (request) => {
    if (request.service && !serviceNames.has(request.service)) {
      throw new ServiceError(GrpcStatus.NOT_FOUND, 'unknown service');
    }
    return SERVING;
  };

export const watchHealth =
  (serviceNames: ReadonlySet<string>) =>
  (calls: ActiveCalls): UntypedHandleCall =>
  (call: ServerWritableStream<HealthRequest, HealthResponse>): void => {
    const isKnown = !call.request.service || serviceNames.has(call.request.service);
    const shutdown = calls.addController();
    call.write(isKnown ? SERVING : SERVICE_UNKNOWN);
    call.once('cancelled', () => calls.forget(shutdown));
    shutdown.signal.addEventListener('abort', () => {
      call.write(NOT_SERVING);
      call.emit('error', { code: status.UNAVAILABLE, details: 'The service is shutting down.' });
    });
  };
