import { fileURLToPath } from 'node:url';
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDevServer } from '../../src/dev-server.js';
import type { DevServer } from '../../src/dev-server.js';
import { OPERATOR_SERVICE, WORKFLOW_SERVICE } from '../../src/frontend/service-names.js';
import { listedRpcs, rpcSupport } from '../../src/frontend/support-table.js';
import { GrpcStatus } from '../../src/errors.js';
import { reflectionRoot } from '../../src/proto/root.js';
import { supportPage } from './support-page.js';

const SUPPORT_MD = fileURLToPath(new URL('../../../../docs/support.md', import.meta.url));
const SERVICES = [WORKFLOW_SERVICE, OPERATOR_SERVICE];

const rpcNames = (serviceName: string): string[] =>
  reflectionRoot.lookupService(serviceName).methodsArray.map((method) => method.name);

describe('docs/support.md', () => {
  it('is what the table says', async () => {
    await expect(supportPage()).toMatchFileSnapshot(SUPPORT_MD);
  });

  it.each(SERVICES)('names only rpcs that %s has', (serviceName) => {
    expect(rpcNames(serviceName)).toEqual(expect.arrayContaining(listedRpcs(serviceName)));
  });
});

describe('a running server', () => {
  let server: DevServer;
  let client: Client;

  beforeAll(async () => {
    server = await startDevServer({
      port: 0,
      dynamicConfig: { 'frontend.WorkerHeartbeatsEnabled': true, 'frontend.ListWorkersEnabled': true },
    });
    client = new Client(server.address, credentials.createInsecure());
  });

  afterAll(async () => {
    client.close();
    await server.close();
  });

  /** Sends an empty request; an rpc that exists answers it or refuses it, at once. */
  const statusOf = (serviceName: string, rpcName: string): Promise<Partial<ServiceError>> =>
    new Promise((resolve) => {
      client.makeUnaryRequest(
        `/${serviceName}/${rpcName}`,
        () => Buffer.alloc(0),
        () => ({}),
        {},
        new Metadata(),
        (error) => resolve(error ?? { code: 0 }),
      );
    });

  it.each(SERVICES)('implements of %s what the table marks, and nothing else', async (serviceName) => {
    const answered: string[] = [];
    for (const rpcName of rpcNames(serviceName)) {
      const { code, details } = await statusOf(serviceName, rpcName);
      const { refusal, note } = rpcSupport(serviceName, rpcName);
      if (!refusal) answered.push(rpcName);
      expect([code, details]).toEqual(
        refusal ? [refusal.code, refusal.message] : [expect.not.closeTo(GrpcStatus.UNIMPLEMENTED, 0), details],
      );
      if (refusal) expect(note).toMatch(/./);
    }
    expect(answered).toEqual(rpcNames(serviceName).filter((name) => rpcSupport(serviceName, name).level !== 'no'));
  });
});
