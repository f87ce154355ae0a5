/** TLS, client certificates, API keys, authorizers and metrics, with the unmodified SDK as the client. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { findProgram, itNeeds, need, temporaryFolder } from '@vishkar/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { UnsafeAddressError } from '../../src/dev-server-errors.js';
import { startDevServer } from '../../src/dev-server.js';
import type { DevServer } from '../../src/dev-server.js';
import type { DevServerOptions, TlsOptions } from '../../src/dev-server-options.js';
import type { CallToAuthorize } from '../../src/frontend/access-control.js';
import { installQuietRuntime, uniqueName, withWorker } from '../support/embedded-service.js';

const openssl = need('openssl', () => findProgram('openssl'));
const cleanUps: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (let cleanUp = cleanUps.pop(); cleanUp; cleanUp = cleanUps.pop()) await cleanUp();
});

async function start(options: DevServerOptions): Promise<DevServer> {
  const server = await startDevServer({ port: 0, ...options });
  cleanUps.push(() => server.close());
  return server;
}

async function connect(server: DevServer, options: object = {}): Promise<Client> {
  const connection = await Connection.connect({ address: server.address, connectTimeout: 5_000, ...options });
  cleanUps.push(() => connection.close());
  return new Client({ connection });
}

const count = async (client: Client): Promise<number> => (await client.workflow.count()).count;

describe('API keys', () => {
  it('let only calls with one of them through, over gRPC and HTTP', async () => {
    const server = await start({ apiKeys: ['first', 'second'], http: {} });
    const withKey = await connect(server, { metadata: { authorization: 'Bearer second' } });
    expect(await count(withKey)).toBe(0);
    for (const metadata of [{}, { authorization: 'Bearer third' }, { authorization: 'second' }]) {
      const client = await connect(server, { metadata });
      await expect(count(client)).rejects.toMatchObject({ cause: { code: 7, details: 'Request unauthorized.' } });
    }
    const list = `http://127.0.0.1:${server.httpPort}/api/v1/namespaces/default/workflows`;
    expect((await fetch(list)).status).toBe(403);
    expect((await fetch(list, { headers: { authorization: 'Bearer first' } })).status).toBe(200);
  });
});

describe('an authorizer', () => {
  it('sees rpc, namespace and headers of each call, and decides', async () => {
    const calls: CallToAuthorize[] = [];
    const server = await start({
      authorizer: async (call) => {
        calls.push(call);
        return call.rpc !== 'TerminateWorkflowExecution';
      },
    });
    const client = await connect(server, { metadata: { team: 'blue' } });
    const handle = await client.workflow.start('w', { workflowId: 'w', taskQueue: 'q' });
    await expect(handle.terminate()).rejects.toMatchObject({ cause: { code: 7 } });
    const started = calls.find(({ rpc }) => rpc === 'StartWorkflowExecution');
    expect(started).toMatchObject({ service: 'temporal.api.workflowservice.v1.WorkflowService', namespace: 'default' });
    expect(started?.headers.get('team')).toBe('blue');
  });
});

describe('beyond loopback', () => {
  const tls: TlsOptions = { certificate: 'c', privateKey: 'k' };

  it('the service does not listen where strangers are not kept out or could listen in', async () => {
    for (const options of [{}, { tls }, { apiKeys: ['key'] }, { authorizer: () => true }] as DevServerOptions[])
      await expect(startDevServer({ port: 0, ip: '0.0.0.0', ...options })).rejects.toThrow(UnsafeAddressError);
  });
});

describe('TLS', () => {
  itNeeds({ openssl }, 'serves clients, workers and HTTP, and refuses clients without a certificate', async (found) => {
    installQuietRuntime();
    const pki = createCertificates(found.openssl);
    const tls = { certificate: pki.server.certificate, privateKey: pki.server.key, clientCertificateAuthority: pki.ca };
    const subjects: unknown[] = [];
    const server = await start({
      tls,
      http: {},
      authorizer: ({ clientCertificate }) => {
        subjects.push(clientCertificate?.subject.CN);
        return true;
      },
    });
    const trusted = {
      serverRootCACertificate: Buffer.from(pki.ca),
      serverNameOverride: 'localhost',
      clientCertPair: { crt: Buffer.from(pki.client.certificate), key: Buffer.from(pki.client.key) },
    };
    const client = await connect(server, { tls: trusted });
    const nativeConnection = await NativeConnection.connect({ address: server.address, tls: trusted });
    cleanUps.push(() => nativeConnection.close());
    const taskQueue = uniqueName('tls');
    const { connection } = client;
    await withWorker(
      { server, client, connection: connection as Connection, nativeConnection },
      { taskQueue, workflows: new URL('./workflow-basics.workflows.ts', import.meta.url) },
      async () => {
        const result: unknown = await client.workflow.execute('instant', { taskQueue, workflowId: 'tls', args: [7] });
        expect(result).toBe(8);
      },
    );
    expect(new Set(subjects)).toEqual(new Set(['client']));

    const stranger = { serverRootCACertificate: trusted.serverRootCACertificate, serverNameOverride: 'localhost' };
    await expect(connect(server, { tls: stranger })).rejects.toThrow();
    await expect(connect(server)).rejects.toThrow();

    const { ca, client: pair } = pki;
    const path = '/api/v1/namespaces/default/workflows/tls';
    const options = { port: server.httpPort, path, ca, servername: 'localhost' };
    expect(await httpsStatus({ ...options, cert: pair.certificate, key: pair.key })).toBe(200);
    await expect(httpsStatus(options)).rejects.toThrow();
  });
});

describe('the metrics endpoint', () => {
  it('counts calls, errors and closed runs under the official names', async () => {
    const server = await start({ metrics: {} });
    const client = await connect(server);
    const handle = await client.workflow.start('w', { workflowId: 'w', taskQueue: 'q' });
    await handle.terminate();
    await expect(client.workflow.getHandle('none').describe()).rejects.toThrow();
    await expect(
      new Client({ connection: client.connection as Connection, namespace: 'none' }).workflow.count(),
    ).rejects.toThrow();
    const text = await (await fetch(`http://127.0.0.1:${server.metricsPort}/metrics`)).text();
    const value = (name: string, ...labels: string[]): number => {
      const line = text
        .split('\n')
        .find((each) => each.startsWith(name) && labels.every((label) => each.includes(label)));
      return Number(line?.split(' ').at(-1));
    };
    expect(value('service_requests{', 'operation="StartWorkflowExecution"', 'namespace="default"')).toBe(1);
    expect(value('service_requests{', 'operation="CountWorkflowExecutions"', 'namespace="_unknown_"')).toBe(1);
    expect(value('service_latency_count{', 'operation="TerminateWorkflowExecution"')).toBe(1);
    expect(value('service_error_with_type{', 'error_type="serviceerror_NotFound"')).toBe(1);
    expect(value('workflow_terminate{', 'namespace="default"')).toBe(1);
    expect(text).not.toContain('"none"');
    expect((await fetch(`http://127.0.0.1:${server.metricsPort}/else`)).status).toBe(404);
  });
});

interface Pair {
  readonly certificate: string;
  readonly key: string;
}

/** A certificate authority, and a certificate of it each for the service and for a client. */
function createCertificates(program: string): { readonly ca: string; readonly server: Pair; readonly client: Pair } {
  const folder = temporaryFolder('certificates');
  mkdirSync(folder, { recursive: true });
  const file = (name: string): string => join(folder, name);
  const run = (...args: string[]): unknown => execFileSync(program, args, { stdio: 'pipe' });
  const fresh = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout'];
  run('req', '-x509', ...fresh, file('ca.key'), '-out', file('ca.crt'), '-days', '2', '-subj', '/CN=authority');
  writeFileSync(file('names'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
  const issue = (name: string): Pair => {
    run('req', ...fresh, file(`${name}.key`), '-out', file(`${name}.csr`), '-subj', `/CN=${name}`);
    const signing = ['-CA', file('ca.crt'), '-CAkey', file('ca.key'), '-CAcreateserial', '-extfile', file('names')];
    run('x509', '-req', '-in', file(`${name}.csr`), '-out', file(`${name}.crt`), '-days', '2', ...signing);
    return { certificate: readFileSync(file(`${name}.crt`), 'utf8'), key: readFileSync(file(`${name}.key`), 'utf8') };
  };
  return { ca: readFileSync(file('ca.crt'), 'utf8'), server: issue('localhost'), client: issue('client') };
}

const httpsStatus = (options: object): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', agent: false, ...options }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .once('error', reject)
      .end();
  });
