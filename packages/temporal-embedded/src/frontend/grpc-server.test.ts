import { Client, compressionAlgorithms, credentials, Metadata } from '@grpc/grpc-js';
import type { ServiceError as GrpcError } from '@grpc/grpc-js';
import { afterEach, describe, expect, it } from 'vitest';
import { GrpcStatus, NamespaceNotFoundError } from '../errors.js';
import type { Logger } from '../logger.js';
import { silentLogger } from '../logger.js';
import { googleProto, reflectionRoot, temporalProto } from '../proto/root.js';
import { ActiveCalls } from './grpc-call-context.js';
import { GrpcServer } from './grpc-server.js';
import { WORKFLOW_SERVICE } from './service-names.js';
import { EncodedResponse } from './rpc-handler.js';
import type { CallContext } from './rpc-handler.js';
import { checkHealth, watchHealth } from './rpc/check-health.js';
import type { RpcTable } from './rpc-table.js';

const HEALTH = 'grpc.health.v1.Health';
const cleanUps: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (let cleanUp = cleanUps.pop(); cleanUp; cleanUp = cleanUps.pop()) await cleanUp();
});

async function start(rpcs: RpcTable, logger: Logger = silentLogger, clientOptions = {}) {
  const names = new Set([WORKFLOW_SERVICE]);
  const server = new GrpcServer(
    [
      { name: WORKFLOW_SERVICE, rpcs },
      { name: HEALTH, rpcs: { Check: checkHealth(names) }, streamingRpcs: { Watch: watchHealth(names) } },
    ],
    new ActiveCalls(),
    logger,
  );
  const port = await server.listen('127.0.0.1', 0);
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), clientOptions);
  cleanUps.push(() => server.close());
  cleanUps.push(() => client.close());
  return { server, port, client };
}

function call(
  client: Client,
  rpcName: string,
  request: object,
  signal?: AbortSignal,
  service = WORKFLOW_SERVICE,
): Promise<object> {
  const method = reflectionRoot.lookupService(service).methods[rpcName];
  method?.resolve();
  const [requestType, responseType] = [method?.resolvedRequestType, method?.resolvedResponseType];
  if (!requestType || !responseType) throw new Error(`no rpc ${rpcName}`);
  return new Promise((resolve, reject) => {
    const handle = client.makeUnaryRequest(
      `/${service}/${rpcName}`,
      (message: object) => Buffer.from(requestType.encode(message).finish()),
      (bytes: Buffer) => responseType.toObject(responseType.decode(bytes)),
      request,
      new Metadata(),
      (error, response) => (error ? reject(error) : resolve(response as object)),
    );
    signal?.addEventListener('abort', () => handle.cancel());
  });
}

const errorOf = (promise: Promise<unknown>): Promise<GrpcError> =>
  promise.then(
    () => Promise.reject(new Error('the call succeeded')),
    (error: unknown) => error as GrpcError,
  );

function deferred<T>() {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((done) => (resolve = done));
  return { promise, resolve };
}

describe('GrpcServer', () => {
  it('answers what a handler returns, at once or later', async () => {
    const { client } = await start({
      GetSystemInfo: () => ({ serverVersion: 'now' }),
      GetClusterInfo: async () => Promise.resolve({ clusterName: 'later' }),
    });
    expect(await call(client, 'GetSystemInfo', {})).toEqual({ serverVersion: 'now' });
    expect(await call(client, 'GetClusterInfo', {})).toEqual({ clusterName: 'later' });
  });

  it('splices stored bytes into a response without decoding them', async () => {
    const events = temporalProto.api.history.v1.History.encode({
      events: [{ eventType: 1 }, { eventType: 2 }],
    }).finish();
    const history = Buffer.concat([Buffer.from([0x0a, events.length]), events]);
    const { client } = await start({
      GetWorkflowExecutionHistory: () => new EncodedResponse({ archived: true }, [history]),
    });
    expect(await call(client, 'GetWorkflowExecutionHistory', {})).toEqual({
      archived: true,
      history: { events: [{ eventType: 1 }, { eventType: 2 }] },
    });
  });

  it('sends the typed detail of a service error where SDKs look for it', async () => {
    const { client } = await start({
      DescribeNamespace: () => {
        throw new NamespaceNotFoundError('orders');
      },
    });
    const error = await errorOf(call(client, 'DescribeNamespace', { namespace: 'orders' }));
    expect([error.code, error.details]).toEqual([GrpcStatus.NOT_FOUND, 'Namespace orders is not found.']);
    const status = googleProto.rpc.Status.decode(error.metadata.get('grpc-status-details-bin')[0] as Buffer);
    expect(status.details[0]?.type_url).toBe(
      'type.googleapis.com/temporal.api.errordetails.v1.NamespaceNotFoundFailure',
    );
  });

  it('cuts an error that HTTP/2 headers cannot carry, and the connection lives on', async () => {
    const { client } = await start({
      DescribeNamespace: ({ namespace }: { namespace: string }) => {
        throw new NamespaceNotFoundError(namespace);
      },
    });
    // Three bytes each, and nine once they are escaped.
    for (const namespace of ['x'.repeat(100_000), '\u2026'.repeat(100_000), 'orders']) {
      const error = await errorOf(call(client, 'DescribeNamespace', { namespace }));
      expect(error.code).toBe(GrpcStatus.NOT_FOUND);
      expect(error.details).toMatch(/^Namespace /);
      const status = googleProto.rpc.Status.decode(error.metadata.get('grpc-status-details-bin')[0] as Buffer);
      expect(status.details[0]?.type_url).toMatch(/NamespaceNotFoundFailure$/);
    }
  });

  it('hides an unexpected error behind an id that is in the log', async () => {
    const logged: unknown[] = [];
    const logger: Logger = { ...silentLogger, error: (fields) => logged.push(fields) };
    const cause = new Error('secret state');
    const { client } = await start({ ListNamespaces: () => Promise.reject(cause) }, logger);
    const error = await errorOf(call(client, 'ListNamespaces', {}));
    expect(error.code).toBe(GrpcStatus.INTERNAL);
    expect(error.details).not.toContain('secret');
    expect(logged).toEqual([{ err: cause, rpc: 'ListNamespaces', errorId: expect.any(String) as string }]);
    expect(error.details).toContain((logged[0] as { errorId: string }).errorId);
  });

  it('answers an rpc without a handler with a sentence that names it', async () => {
    const { client } = await start({});
    const error = await errorOf(call(client, 'CreateSchedule', {}));
    expect(error.code).toBe(GrpcStatus.UNIMPLEMENTED);
    expect(error.details).toMatch(/^CreateSchedule is not implemented here; docs\/support\.md/);
  });

  it('takes compressed and large requests', async () => {
    const seen: number[] = [];
    const { client } = await start(
      {
        SignalWorkflowExecution: (request: { signalName: string }) => {
          seen.push(request.signalName.length);
          return {};
        },
      },
      silentLogger,
      { 'grpc.default_compression_algorithm': compressionAlgorithms.gzip, 'grpc.max_send_message_length': -1 },
    );
    await call(client, 'SignalWorkflowExecution', { signalName: 'x'.repeat(20_000_000) });
    expect(seen).toEqual([20_000_000]);
  });

  it('aborts the signal of a waiting call that its client gives up', async () => {
    const waiting = deferred<CallContext>();
    const aborted = deferred<void>();
    const { client } = await start({
      PollWorkflowTaskQueue: (_request, context) => {
        context.signal.addEventListener('abort', () => aborted.resolve());
        waiting.resolve(context);
        return aborted.promise.then(() => ({}));
      },
    });
    const controller = new AbortController();
    const polling = errorOf(call(client, 'PollWorkflowTaskQueue', {}, controller.signal));
    await waiting.promise;
    controller.abort();
    await aborted.promise;
    expect((await polling).code).toBe(GrpcStatus.CANCELLED);
  });

  it('answers waiting calls when it closes', async () => {
    const waiting = deferred<void>();
    const { client, server } = await start({
      PollActivityTaskQueue: (_request, context) => {
        waiting.resolve();
        return new Promise((resolve) =>
          context.signal.addEventListener('abort', () => resolve({ activityId: 'none' })),
        );
      },
    });
    const polling = call(client, 'PollActivityTaskQueue', {});
    await waiting.promise;
    await server.close();
    expect(await polling).toEqual({ activityId: 'none' });
  });

  it('closes even when a handler never answers', async () => {
    const waiting = deferred<void>();
    const { client, server } = await start({
      PollActivityTaskQueue: () => {
        waiting.resolve();
        return new Promise<never>(() => undefined);
      },
    });
    const polling = errorOf(call(client, 'PollActivityTaskQueue', {}));
    await waiting.promise;
    await Promise.all([server.close(), server.close()]);
    expect((await polling).code).toBeGreaterThan(0);
  });

  it('is healthy for the services that it offers', async () => {
    const { client } = await start({});
    expect(await call(client, 'Check', {}, undefined, HEALTH)).toEqual({ status: 1 });
    expect(await call(client, 'Check', { service: WORKFLOW_SERVICE }, undefined, HEALTH)).toEqual({ status: 1 });
    expect((await errorOf(call(client, 'Check', { service: 'other' }, undefined, HEALTH))).details).toBe(
      'unknown service',
    );
  });

  it('streams its health until it closes', async () => {
    const { client, server } = await start({});
    const stream = client.makeServerStreamRequest(
      `/${HEALTH}/Watch`,
      () => Buffer.alloc(0),
      (bytes: Buffer) => [...bytes],
      {},
      new Metadata(),
    );
    const received: unknown[] = [];
    const ended = deferred<void>();
    const first = deferred<void>();
    stream.on('data', (message: unknown) => {
      received.push(message);
      first.resolve();
    });
    stream.on('error', () => ended.resolve());
    await first.promise;
    await server.close();
    await ended.promise;
    expect(received).toEqual([
      [8, 1],
      [8, 2],
    ]);
  });
});
