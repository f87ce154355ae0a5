/**
 * The ports of a running service: gRPC always, the HTTP API and the metrics endpoint when they are asked for.
 * Rule: what was opened is closed again when a later port is taken; closing ends waiting calls of all of them first.
 */
import { createServer } from 'node:net';
import { AddressInUseError } from '../dev-server-errors.js';
import type { DevServerOptions } from '../dev-server-options.js';
import type { Logger } from '../logger.js';
import type { ServiceMetrics } from '../metrics/service-metrics.js';
import { reflectionRoot } from '../proto/root.js';
import { ActiveCalls } from './grpc-call-context.js';
import type { Authorizer } from './access-control.js';
import { GrpcServer } from './grpc-server.js';
import type { OfferedService } from './grpc-server.js';
import { guardedServices } from './guarded-services.js';
import { listenHttp } from './http/http-listener.js';
import type { HttpListener } from './http/http-listener.js';

export interface ListenersOptions extends Pick<DevServerOptions, 'faults' | 'http' | 'metrics' | 'tls'> {
  readonly ip: string;
  readonly port: number;
  readonly services: readonly OfferedService[];
  readonly authorizer?: Authorizer | undefined;
  /** Present when there is a metrics endpoint. */
  readonly serviceMetrics?: ServiceMetrics | undefined;
  readonly logger: Logger;
}

export interface Listeners {
  readonly port: number;
  readonly httpPort?: number;
  readonly metricsPort?: number;
  close(): Promise<void>;
  /** The same without a last word: whatever waits is told that the service is not there. */
  breakOff(): Promise<void>;
}

/** Throws AddressInUseError when one of the ports is taken. */
export async function openListeners(options: ListenersOptions): Promise<Listeners> {
  const { ip, port, tls, logger, authorizer, faults, serviceMetrics } = options;
  await requireFreePort(ip, port);
  const services = guardedServices(options.services, { authorizer, faults, metrics: serviceMetrics }, (name) =>
    reflectionRoot.lookupService(name).methodsArray.map((method) => method.name),
  );
  const calls = new ActiveCalls();
  const https: HttpListener[] = [];
  const grpc = new GrpcServer(services, calls, logger);
  const close = async (): Promise<void> => {
    // gRPC first: it tells waiting calls to end, those over HTTP with them.
    await grpc.close();
    for (const listener of https) await listener.close();
  };
  const open = async (listening: Promise<HttpListener>): Promise<number> => {
    const listener = await listening;
    https.push(listener);
    return listener.port;
  };
  try {
    const httpPort =
      options.http &&
      (await open(
        listenHttp(
          { ip, port: options.http.port ?? 0, tls },
          new (await import('./http/http-api.js')).HttpApi({
            services,
            calls,
            logger,
            metrics: serviceMetrics,
            corsOrigins: options.http.corsOrigins ?? [],
          }).handle,
        ),
      ));
    const metricsPort =
      options.metrics && serviceMetrics && (await open(listenMetrics(ip, options.metrics.port ?? 0, serviceMetrics)));
    return {
      port: await listenGrpc(grpc, options),
      ...(httpPort !== undefined && { httpPort }),
      ...(metricsPort !== undefined && { metricsPort }),
      close,
      breakOff: () => {
        calls.failPending();
        return close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Without TLS and keys, as scrapers expect it; it tells counts and names of namespaces, no contents. */
function listenMetrics(ip: string, port: number, metrics: ServiceMetrics): Promise<HttpListener> {
  return listenHttp({ ip, port }, (request, response) => {
    if (new URL(request.url ?? '/', 'http://localhost').pathname !== '/metrics') {
      response.writeHead(404).end('There is only /metrics.\n');
      return;
    }
    metrics.render().then(
      (text) => response.writeHead(200, { 'Content-Type': metrics.contentType }).end(text),
      (error: unknown) => response.writeHead(500).end(`${String(error)}\n`),
    );
  });
}

/** grpc-js would say on stderr, in its own words, that it cannot listen; so the port is tried before it is handed over. */
function requireFreePort(ip: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error) => reject(asAddressInUse(error, ip, port)));
    probe.listen({ host: ip, port, exclusive: true }, () => probe.close(() => resolve()));
  });
}

async function listenGrpc(server: GrpcServer, { ip, port, tls }: ListenersOptions): Promise<number> {
  try {
    return await server.listen(ip, port, tls);
  } catch (error) {
    throw asAddressInUse(error, ip, port);
  }
}

function asAddressInUse(error: unknown, ip: string, port: number): Error {
  const failure = error instanceof Error ? error : new Error(String(error));
  return failure.message.includes('EADDRINUSE') ? new AddressInUseError(ip, port, failure) : failure;
}
