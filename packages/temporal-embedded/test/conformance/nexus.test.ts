/** Nexus operations by the official SDK: workflows that call, handlers that answer, workflows that stand behind them. */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WorkflowFailedError } from '@temporalio/client';
import type { WorkflowHandle } from '@temporalio/client';
import { NexusOperationFailure } from '@temporalio/common';
import { waitUntil } from '@vishkar/testkit';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { uniqueName, useEmbeddedService } from '../support/embedded-service.js';
import { eventTypes } from '../support/history-events.js';
import { createWorkerEndpoint, greetingHandlers } from '../support/nexus-handlers.js';
import { workflowBundle } from '../support/workflow-bundle.js';
import type { Call, callOperation } from './nexus.workflows.js';

const service = useEmbeddedService();
const taskQueue = uniqueName('nexus');
let endpointOfWorker: string;
/** Requests that handlers have seen, by operation. */
const calls: string[] = [];
let worker: Worker;
let working: Promise<void>;
beforeAll(async () => {
  endpointOfWorker = await createWorkerEndpoint(service.connection, taskQueue, taskQueue);
  worker = await Worker.create({
    connection: service.nativeConnection,
    taskQueue,
    workflowBundle: await workflowBundle(new URL('./nexus.workflows.ts', import.meta.url)),
    nexusServices: [greetingHandlers((operation) => calls.push(operation))],
  });
  working = worker.run();
});
afterAll(async () => {
  worker.shutdown();
  await working;
});

/** Starts a caller of one operation. */
const start = (call: Omit<Call, 'endpoint'>, endpoint = endpointOfWorker) =>
  service.client.workflow.start<typeof callOperation>('callOperation', {
    taskQueue,
    workflowId: uniqueName('caller'),
    args: [{ ...call, endpoint }],
  });

/** Runs one to its end. */
async function run(call: Omit<Call, 'endpoint'>, endpoint?: string) {
  const caller = await start(call, endpoint);
  return {
    result: await caller.result().catch((error: unknown) => chain(error)),
    events: (await eventTypes(caller)).filter((type) => type.startsWith('NexusOperation')),
  };
}

/** `NexusOperationFailure <- HandlerError: ... <- ...`, as a workflow's client sees it. */
function chain(error: unknown): string {
  if (!(error instanceof WorkflowFailedError)) throw error;
  const parts: string[] = [];
  for (let each: unknown = error.cause; each instanceof Error; each = each.cause) {
    parts.push(each instanceof NexusOperationFailure ? each.name : `${each.name}: ${each.message}`);
  }
  return parts.join(' <- ');
}

const started = (caller: WorkflowHandle) =>
  waitUntil(async () => (await eventTypes(caller)).includes('NexusOperationStarted'), {
    what: 'the operation to start',
  });

describe('a Nexus operation', () => {
  it('that answers at once gives its result to the caller', async () => {
    expect(await run({ operation: 'greet', input: 'you' })).toEqual({
      result: 'hello you',
      events: ['NexusOperationScheduled', 'NexusOperationCompleted'],
    });
  });

  it('that is a workflow completes with it, and the two link to each other', async () => {
    const caller = await start({ operation: 'write', input: 'dear' });
    expect(await caller.result()).toBe('letter: dear');
    const { events } = await caller.fetchHistory();
    const startedEvent = events?.find((event) => event.nexusOperationStartedEventAttributes);
    const link = startedEvent?.links?.[0]?.workflowEvent;
    const handler = service.client.workflow.getHandle(link?.workflowId ?? '', link?.runId ?? '');
    const first = (await handler.fetchHistory()).events?.[0];
    const back =
      first?.links?.[0] ?? first?.workflowExecutionStartedEventAttributes?.completionCallbacks?.[0]?.links?.[0];
    expect(back?.workflowEvent).toMatchObject({ workflowId: caller.workflowId, namespace: 'default' });
    const { raw } = await handler.describe();
    expect(raw.callbacks?.map(({ state, attempt }) => ({ state, attempt }))).toEqual([{ state: 5, attempt: 1 }]);
  });

  it('that is a workflow fails with it', async () => {
    expect(await run({ operation: 'write', input: 'fail' })).toEqual({
      result: 'NexusOperationFailure <- ApplicationFailure: no ink',
      events: ['NexusOperationScheduled', 'NexusOperationStarted', 'NexusOperationFailed'],
    });
  });

  it.each([
    ['operation error', /^NexusOperationFailure <- .*it did not work/],
    ['not retryable', /^NexusOperationFailure <- HandlerError: .*wrong address/],
    ['not found', /^NexusOperationFailure <- HandlerError: .*nobody there/],
  ])('whose handler refuses with a %s fails', async (input, message) => {
    const { result, events } = await run({ operation: 'refuse', input });
    expect(result).toMatch(message);
    expect(events).toEqual(['NexusOperationScheduled', 'NexusOperationFailed']);
  });

  it('whose handler is not there for now is asked again, until its time is over', async () => {
    calls.length = 0;
    const caller = await start({ operation: 'refuse', input: 'later', scheduleToCloseTimeoutMs: 1800 });
    expect(chain(await caller.result().catch((error: unknown) => error))).toMatch(
      /TimeoutFailure: operation timed out/,
    );
    expect(calls).toEqual(['refuse', 'refuse']);
  });

  it.each([
    ['WAIT_CANCELLATION_COMPLETED', 'CANCELED'],
    ['WAIT_CANCELLATION_REQUESTED', undefined],
    ['TRY_CANCEL', undefined],
    ['ABANDON', 'RUNNING'],
  ] as const)('is cancelled with its caller as %s says', async (cancellationType, status) => {
    const caller = await start({ operation: 'write', input: 'wait', cancellationType });
    await started(caller);
    await caller.cancel();
    expect(await caller.result()).toBe('cancelled');
    const types = await eventTypes(caller);
    expect(types.includes('NexusOperationCancelRequested')).toBe(cancellationType !== 'ABANDON');
    expect(types.includes('NexusOperationCanceled')).toBe(cancellationType === 'WAIT_CANCELLATION_COMPLETED');
    const { events } = await caller.fetchHistory();
    const workflowId = events?.find((event) => event.nexusOperationStartedEventAttributes)?.links?.[0]?.workflowEvent
      ?.workflowId;
    const handler = service.client.workflow.getHandle(workflowId ?? '');
    if (status) expect((await handler.describe()).status.name.replace('CANCELLED', 'CANCELED')).toBe(status);
  });
});

describe('a Nexus endpoint outside', () => {
  type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void;

  /** An HTTP server that handles operations, and the name of an endpoint that points at it. */
  async function externalEndpoint(handle: Handler): Promise<string> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => handle(request, response, Buffer.concat(chunks).toString('utf8')));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const name = uniqueName('external');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/base/`;
    await service.connection.operatorService.createNexusEndpoint({ spec: { name, target: { external: { url } } } });
    return name;
  }
  const json = { 'content-type': 'application/json' };

  it('is called by HTTP, and its result reaches the caller', async () => {
    const seen: Record<string, unknown> = {};
    const endpoint = await externalEndpoint((request, response, body) => {
      Object.assign(seen, { method: request.method, url: request.url, body, type: request.headers['content-type'] });
      response.writeHead(200, json).end(JSON.stringify(`outside: ${JSON.parse(body) as string}`));
    });
    expect((await run({ operation: 'greet', input: 'you' }, endpoint)).result).toBe('outside: you');
    expect(seen).toEqual({
      method: 'POST',
      url: '/base/greetings/greet?callback=temporal%3A%2F%2Fsystem',
      body: '"you"',
      type: 'application/json',
    });
  });

  it('that fails an operation or refuses it fails the caller, and is asked again when it is not there', async () => {
    let calls = 0;
    const endpoint = await externalEndpoint((_request, response, body) => {
      calls += 1;
      if (body === '"flaky"' && calls === 1) return void response.writeHead(503).end();
      if (body === '"flaky"') return void response.writeHead(200, json).end('"better"');
      const failure = JSON.stringify({ message: 'no' });
      if (body === '"failed"') response.writeHead(424, { ...json, 'nexus-operation-state': 'failed' }).end(failure);
      else response.writeHead(400, json).end(failure);
    });
    expect((await run({ operation: 'greet', input: 'flaky' }, endpoint)).result).toBe('better');
    expect(calls).toBe(2);
    expect((await run({ operation: 'greet', input: 'failed' }, endpoint)).result).toBe(
      'NexusOperationFailure <- ApplicationFailure: no',
    );
    expect((await run({ operation: 'greet', input: 'refused' }, endpoint)).result).toMatch(/HandlerError: .*no/);
  });
});
