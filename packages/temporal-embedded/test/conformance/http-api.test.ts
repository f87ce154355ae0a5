/** The HTTP API: the same requests to ours and to the official dev server, and what we promise beyond that. */
import { randomUUID } from 'node:crypto';
import { itNeeds, temporalDevServer } from '@vishkar/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDevServer } from '../../src/dev-server.js';
import type { DevServer } from '../../src/dev-server.js';
import { startOfficialDevServer } from '../support/official-dev-server.js';

let server: DevServer;
let address: string;

beforeAll(async () => {
  server = await startDevServer({ port: 0, http: { corsOrigins: ['http://localhost:3000'] } });
  address = `http://127.0.0.1:${server.httpPort}`;
});
afterAll(() => server.close());

interface Answer {
  readonly status: number;
  readonly text: string;
}

async function ask(base: string, [method, path, body]: Request, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(`${base}/api/v1/namespaces/default${path}`, {
    method,
    headers,
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return { status: response.status, text: await response.text() };
}

type Request = readonly [method: string, path: string, body?: unknown];

const START = { workflowType: { name: 'a' }, taskQueue: { name: 'http' } };
const PLAIN = { metadata: { encoding: Buffer.from('binary/plain').toString('base64') }, data: 'AAE=' };

/** In order: later ones see what earlier ones did. */
const SCRIPT: readonly Request[] = [
  [
    'POST',
    '/workflows/w1',
    { ...START, input: [{ x: 1 }, 'text', null, [1, 2], true], memo: { fields: { note: 'n' } } },
  ],
  ['GET', '/workflows/w1/history'],
  ['GET', '/workflows/w1/history?noPayloadShorthand&pretty'],
  ['POST', '/workflows/w1', START],
  [
    'POST',
    '/workflows/w2',
    { workflow_type: { name: 'b' }, task_queue: { name: 'http' }, workflowRunTimeout: '90.5s' },
  ],
  ['POST', '/workflows/w3', { ...START, workflowIdReusePolicy: 'WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE' }],
  ['POST', '/workflows/w1/signal/go', { input: [1, PLAIN] }],
  ['POST', '/workflows/w1/signal/go', { input: { payloads: [PLAIN] } }],
  ['GET', '/workflows/w1/history-reverse?maximumPageSize=1'],
  ['POST', '/workflows/w1/cancel', { reason: 'r' }],
  ['POST', '/workflows/w2/terminate', { reason: 'done', details: ['d', { _protoMessageType: 'a.B', c: 1 }] }],
  ['GET', '/workflows/w2/history'],
  ['POST', '/workflows/w2/terminate', {}],
  ['POST', '/workflows/w4/signal-with-start/go', { ...START, signalInput: [{ y: 2 }] }],
  ['GET', '/workflows/w4/history'],
  ['GET', '/workflows/nope'],
  ['GET', '/workflow-count?query=WorkflowType%3D%27none%27'],
  ['GET', '/../none'],
];

/** What differs between any two runs: ids, times, tokens, and counters of the official service's shards. */
function masked({ status, text }: Answer): unknown {
  const json = JSON.parse(text, (key, value: unknown) => {
    if (['runId', 'taskId', 'startRequestId', 'nextPageToken'].includes(key) || /RunId$|Time$|^requestId$/.test(key))
      return '*';
    if (key === 'identity' || key === 'link' || key === 'links') return undefined;
    return value;
  }) as unknown;
  return { status, json: JSON.parse(JSON.stringify(json).replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '*')) as unknown };
}

itNeeds({ temporal: temporalDevServer }, 'answers as the official service does', async ({ temporal }) => {
  const official = await startOfficialDevServer(temporal);
  try {
    for (const request of SCRIPT) {
      const [ours, theirs] = [await ask(address, request), await ask(official.httpAddress, request)];
      expect(masked(ours), request.slice(0, 2).join(' ')).toEqual(masked(theirs));
    }
  } finally {
    await official.stop();
  }
});

describe('the HTTP API', () => {
  const start = async (fields: object): Promise<Answer> =>
    ask(address, ['POST', `/workflows/${randomUUID()}`, { ...START, ...fields }]);

  it('names the field that does not fit, and the value', async () => {
    expect((await start({ bogus: 1 })).text).toContain('bogus: unknown field');
    expect((await start({ taskQueue: { nome: 'q' } })).text).toContain('taskQueue.nome: unknown field');
    expect((await start({ workflowRunTimeout: 'soon' })).text).toContain('workflowRunTimeout: expected a duration');
    expect((await start({ workflowIdReusePolicy: 'Never' })).text).toContain(
      'workflowIdReusePolicy: expected a name of',
    );
    expect((await start({ priority: { priorityKey: 1e12 } })).text).toContain(
      'priority.priorityKey: expected a 32-bit',
    );
    const answers = await Promise.all(
      ['not json', '[]', '3'].map((body) => ask(address, ['POST', '/workflows/x', body])),
    );
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 400]);
  });

  it('takes short names of enum values', async () => {
    expect((await start({ workflowIdReusePolicy: 'RejectDuplicate' })).status).toBe(200);
  });

  it('says which methods a path takes', async () => {
    expect(await ask(address, ['PUT', '/workflows/x'])).toMatchObject({
      status: 501,
      text: expect.stringContaining('takes GET, POST') as string,
    });
  });

  it('says that a path leads nowhere, and where to look', async () => {
    expect(await ask(address, ['GET', '/nothing/here'])).toMatchObject({
      status: 404,
      text: expect.stringContaining('/openapi.json') as string,
    });
  });

  it('takes ids that are percent-encoded', async () => {
    await ask(address, ['POST', `/workflows/${encodeURIComponent('a/b c%')}`, START]);
    const { text } = await ask(address, ['GET', `/workflows/${encodeURIComponent('a/b c%')}`]);
    expect(JSON.parse(text)).toMatchObject({ workflowExecutionInfo: { execution: { workflowId: 'a/b c%' } } });
    expect((await ask(address, ['GET', '/workflows/%zz'])).status).toBe(400);
  });

  it('refuses a body that is too large', async () => {
    expect((await start({ input: ['x'.repeat(5 * 1024 * 1024)] })).text).toContain('larger than');
  });

  it('lets web pages call from allowed origins only', async () => {
    const list: Request = ['GET', '/workflows'];
    expect((await ask(address, list, { origin: 'http://localhost:3000' })).status).toBe(200);
    expect((await ask(address, list, { origin: 'http://elsewhere.example' })).status).toBe(403);
    expect((await ask(address, ['OPTIONS', '/workflows'], { origin: 'http://elsewhere.example' })).status).toBe(403);
  });

  it('describes every route as OpenAPI, each with a schema that is there', async () => {
    const document = (await (await fetch(`${address}/openapi.json`)).json()) as {
      paths: Record<string, unknown>;
      components: { schemas: Record<string, unknown> };
    };
    expect(Object.keys(document.paths)).toContain('/api/v1/namespaces/{namespace}/workflows/{workflow_id}');
    const references = new Set(JSON.stringify(document).match(/#\/components\/schemas\/[^"]+/g));
    for (const reference of references)
      expect(document.components.schemas).toHaveProperty([reference.slice('#/components/schemas/'.length)]);
  });

  it('ends waiting calls when the service closes', async () => {
    const closing = await startDevServer({ port: 0, http: {} });
    const base = `http://127.0.0.1:${closing.httpPort}`;
    await ask(base, ['POST', '/workflows/w', START]);
    const poll = ask(base, ['GET', '/workflows/w/history?waitNewEvent=true&historyEventFilterType=CloseEvent']);
    await ask(base, ['GET', '/workflows/w']);
    const start = performance.now();
    await closing.close();
    await poll;
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});
