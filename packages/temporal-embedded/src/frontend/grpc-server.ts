/**
 * The gRPC listener: registers the rpc tables as services on grpc-js, listens, and shuts down in order.
 * It is the boundary between the network and the handlers; it knows messages only by their descriptors.
 * Rule for closing: waiting calls are told to end and connections drain; what is not answered in time fails as
 * UNAVAILABLE; `close()` always comes to an end.
 */
import { Server, ServerCredentials } from '@grpc/grpc-js';
import type { handleUnaryCall, MethodDefinition, UntypedHandleCall } from '@grpc/grpc-js';
import type { TlsOptions } from '../dev-server-options.js';
import type { Logger } from '../logger.js';
import { reflectionRoot } from '../proto/root.js';
import type { ActiveCalls } from './grpc-call-context.js';
import { methodDefinition, unaryCallHandler } from './grpc-method.js';
import { refusedRpc } from './rpc-table.js';
import type { RpcTable } from './rpc-table.js';

/** The official service takes 4 MB by default; histories and large payloads should not stop a test here. */
const MAX_RECEIVE_BYTES = 128 * 1024 * 1024;
/** Every worker holds several long polls on one connection, so the limit is far above any use. */
const MAX_CONCURRENT_STREAMS = 1_000_000;
/** How often a silent connection is probed, so that polls of vanished workers are dropped. */
const KEEPALIVE_TIME_MS = 30_000;
const KEEPALIVE_TIMEOUT_MS = 15_000;
/** How long handlers get to answer after a shutdown began. */
const DRAIN_MS = 2_000;

/** A server-streaming rpc, bound as grpc-js wants it; only health checks stream. */
export interface StreamingRpcs {
  readonly [rpcName: string]: (calls: ActiveCalls) => UntypedHandleCall;
}

/** One gRPC service to offer. */
export interface OfferedService {
  /** Full name, such as `temporal.api.workflowservice.v1.WorkflowService`. */
  readonly name: string;
  readonly rpcs: RpcTable;
  readonly streamingRpcs?: StreamingRpcs;
}

function tlsCredentials({ certificate, privateKey, clientCertificateAuthority }: TlsOptions): ServerCredentials {
  const roots = clientCertificateAuthority === undefined ? null : Buffer.from(clientCertificateAuthority);
  const pair = { cert_chain: Buffer.from(certificate), private_key: Buffer.from(privateKey) };
  return ServerCredentials.createSsl(roots, [pair], roots !== null);
}

/** The gRPC listener of one service process. */
export class GrpcServer {
  readonly #server: Server;
  readonly #calls: ActiveCalls;
  #closing: Promise<void> | undefined;

  /** `calls` are ended by `close()`; other listeners may have theirs among them. */
  constructor(services: readonly OfferedService[], calls: ActiveCalls, logger: Logger) {
    this.#calls = calls;
    this.#server = new Server({
      'grpc.max_receive_message_length': MAX_RECEIVE_BYTES,
      'grpc.max_send_message_length': -1,
      'grpc.max_concurrent_streams': MAX_CONCURRENT_STREAMS,
      'grpc.keepalive_time_ms': KEEPALIVE_TIME_MS,
      'grpc.keepalive_timeout_ms': KEEPALIVE_TIMEOUT_MS,
      // Bookkeeping for a debugging service that nobody is offered.
      'grpc.enable_channelz': 0,
    });
    for (const service of services) this.#offer(service, logger);
  }

  /** Starts to listen and returns the port. Rejects when the address is taken or not ours. */
  listen(ip: string, port: number, tls?: TlsOptions): Promise<number> {
    return new Promise((resolve, reject) => {
      const host = ip.includes(':') ? `[${ip}]` : ip;
      this.#server.bindAsync(
        `${host}:${port}`,
        tls ? tlsCredentials(tls) : ServerCredentials.createInsecure(),
        (error, boundPort) => {
          if (error) reject(error);
          else resolve(boundPort);
        },
      );
    });
  }

  /** Answers what waits, drains, closes. Idempotent; takes at most about three seconds. */
  close(): Promise<void> {
    return (this.#closing ??= new Promise((resolve) => {
      const failPending = setTimeout(() => this.#calls.failPending(), DRAIN_MS);
      const giveUp = setTimeout(done, 1.5 * DRAIN_MS);
      // Not forceShutdown(): without channelz, grpc-js 1.14 does not know its sessions and would wait for clients.
      this.#server.tryShutdown(done);
      this.#calls.interrupt();

      function done(): void {
        clearTimeout(failPending);
        clearTimeout(giveUp);
        resolve();
      }
    }));
  }

  #offer(service: OfferedService, logger: Logger): void {
    const definitions: Record<string, MethodDefinition<object, object>> = {};
    const implementations: Record<string, handleUnaryCall<object, object> | UntypedHandleCall> = {};
    for (const method of reflectionRoot.lookupService(service.name).methodsArray) {
      definitions[method.name] = methodDefinition(service.name, method);
      implementations[method.name] =
        service.streamingRpcs?.[method.name]?.(this.#calls) ??
        unaryCallHandler(
          method.name,
          service.rpcs[method.name] ?? refusedRpc(service.name, method.name),
          this.#calls,
          logger,
        );
    }
    this.#server.addService(definitions, implementations);
  }
}
