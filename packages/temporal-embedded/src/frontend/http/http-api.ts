/**
 * The HTTP API: JSON over HTTP on the routes that the API's protobuf definitions annotate, answered by the same handlers as gRPC.
 * It is the boundary between HTTP and the rpc handlers. `?pretty` indents; `?noPayloadShorthand` writes payloads in full.
 * Rules: what is refused over gRPC is refused here with the same code and text; a web page may call it only from an origin
 * that is allowed, because every page that a developer opens can reach a port on loopback.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import {
  GrpcStatus,
  InvalidArgumentError,
  PermissionDeniedError,
  ServiceError,
  UnimplementedError,
} from '../../errors.js';
import type { Logger } from '../../logger.js';
import type { ServiceMetrics } from '../../metrics/service-metrics.js';
import type { ProtoJsonOptions } from '../../proto/proto-json.js';
import { reflectionRoot } from '../../proto/root.js';
import { errorStatus } from '../error-status.js';
import type { ActiveCalls } from '../grpc-call-context.js';
import type { OfferedService } from '../grpc-server.js';
import type { CallContext } from '../rpc-handler.js';
import { refusedRpc } from '../rpc-table.js';
import { COMPATIBLE_SERVER_VERSION } from '../server-version.js';
import { errorJson, httpStatusOf, responseJson } from './http-answer.js';
import { requestMessage } from './http-request.js';
import { HttpRouter, routesOf } from './http-routes.js';
import type { RouteMatch } from './http-routes.js';
import { openApiDocument } from './openapi-document.js';

/** The official service's limit, which is gRPC's default. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;

export interface HttpApiOptions {
  readonly services: readonly OfferedService[];
  /** Shared with the gRPC listener, so that a shutdown ends waiting calls of both. */
  readonly calls: ActiveCalls;
  readonly logger: Logger;
  readonly metrics?: ServiceMetrics | undefined;
  /** Origins of web pages that may call, such as `http://localhost:3000`; `*` for any. */
  readonly corsOrigins: readonly string[];
}

export class HttpApi {
  readonly #options: HttpApiOptions;
  readonly #router: HttpRouter;

  constructor(options: HttpApiOptions) {
    this.#options = options;
    const annotated = options.services.filter(({ name }) => name.startsWith('temporal.api.'));
    this.#router = new HttpRouter(
      annotated.flatMap(({ name }) => routesOf(name, reflectionRoot.lookupService(name).methodsArray)),
    );
  }

  /** Answers one request; never throws. */
  readonly handle = (request: IncomingMessage, response: ServerResponse): void => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const indent = url.searchParams.has('pretty') ? 2 : undefined;
    const options = { payloadShorthand: !url.searchParams.has('noPayloadShorthand') };
    this.#answer(request, response, url, options).then(
      ({ status, json }) => send(response, status, JSON.stringify(json, undefined, indent)),
      (error: unknown) => {
        const status = errorStatus(error, `${request.method} ${url.pathname}`, this.#options.logger);
        send(response, httpStatusOf(status.code), JSON.stringify(errorJson(status, options), undefined, indent));
      },
    );
  };

  async #answer(
    request: IncomingMessage,
    response: ServerResponse,
    url: URL,
    options: ProtoJsonOptions,
  ): Promise<{ readonly status: number; readonly json: unknown }> {
    this.#checkOrigin(request, response);
    const method = request.method ?? 'GET';
    if (method === 'OPTIONS') return { status: 200, json: {} };
    if (method === 'GET' && url.pathname === '/openapi.json') return { status: 200, json: openApiDocument() };
    const match = this.#match(method, url.pathname);
    const message = requestMessage(match, await readBody(request), url.searchParams, options);
    const { serviceName, rpc } = match.route;
    this.#options.metrics?.countHttpRequest(`/${serviceName}/${rpc.name}`.replace(/[/.]/g, '_'), message);
    const service = this.#options.services.find(({ name }) => name === serviceName);
    const handler = service?.rpcs[rpc.name] ?? refusedRpc(serviceName, rpc.name);
    const controller = this.#options.calls.addController();
    response.once('close', () => controller.abort());
    try {
      const answer = await handler(message as never, callContext(request, controller.signal));
      return { status: 200, json: responseJson(rpc, answer, options) };
    } finally {
      this.#options.calls.forget(controller);
    }
  }

  #match(method: string, path: string): RouteMatch {
    try {
      const match = this.#router.match(method, path);
      if (match) return match;
    } catch (error) {
      // From decodeURIComponent.
      throw new InvalidArgumentError(`The path is not encoded properly: ${String(error)}`);
    }
    const methods = this.#router.methodsOf(path);
    if (methods.length === 0)
      throw new ServiceError(
        GrpcStatus.NOT_FOUND,
        `Not Found: there is no ${path}; /openapi.json lists what there is.`,
      );
    throw new UnimplementedError(`Method Not Allowed: ${path} takes ${methods.join(', ')}.`);
  }

  #checkOrigin({ headers }: IncomingMessage, response: ServerResponse): void {
    const { origin } = headers;
    if (origin === undefined) return;
    const { corsOrigins } = this.#options;
    if (!corsOrigins.includes('*') && !corsOrigins.includes(origin))
      throw new PermissionDeniedError(`Calls from web pages of ${origin} are not allowed: see --http-cors-origin.`);
    response.setHeader('Access-Control-Allow-Origin', origin);
    response.setHeader('Vary', 'Origin');
    response.setHeader('Access-Control-Allow-Methods', 'GET, POST, PUT, PATCH, DELETE');
    response.setHeader('Access-Control-Allow-Headers', headers['access-control-request-headers'] ?? 'content-type');
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new InvalidArgumentError(`The body is larger than ${MAX_BODY_BYTES} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function callContext(request: IncomingMessage, signal: AbortSignal): CallContext {
  return {
    signal,
    deadlineMs: undefined,
    metadata: metadataOf(request),
    clientCertificate: clientCertificate(request.socket),
  };
}

/** Headers, and those of gRPC calls under the names that gateways give them (`Grpc-Metadata-...`). */
function metadataOf({ headers }: IncomingMessage): ReadonlyMap<string, string> {
  const metadata = new Map([
    ['client-name', 'temporal-server-http'],
    ['client-version', COMPATIBLE_SERVER_VERSION],
  ]);
  for (const [name, value] of Object.entries(headers)) {
    const first = Array.isArray(value) ? value[0] : value;
    if (first !== undefined) metadata.set(name.replace(/^grpc-metadata-/, ''), first);
  }
  return metadata;
}

function clientCertificate(socket: Socket): CallContext['clientCertificate'] {
  const { getPeerCertificate } = socket as Partial<TLSSocket>;
  const certificate = getPeerCertificate?.call(socket);
  return certificate && Object.keys(certificate).length > 0 ? certificate : undefined;
}

function send(response: ServerResponse, status: number, body: string): void {
  if (response.destroyed) return;
  response.writeHead(status, {
    'Content-Type': 'application/json',
    // What is left of a refused body would be taken for the next request.
    ...(!response.req.complete && { Connection: 'close' }),
  });
  response.end(body);
}
