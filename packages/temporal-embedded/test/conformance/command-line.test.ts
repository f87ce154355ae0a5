import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Client as GrpcClient, credentials, Metadata } from '@grpc/grpc-js';
import { Connection } from '@temporalio/client';
import { freePort, startChild, temporaryFolder } from '@vishkar/testkit';
import type { StartedChild } from '@vishkar/testkit';
import { describe, expect, it, onTestFinished } from 'vitest';
import { GrpcStatus } from '../../src/errors.js';
import { BIN } from '../support/embedded-executable.js';

function run(...args: string[]): StartedChild {
  const child = startChild(process.execPath, [BIN, ...args]);
  onTestFinished(() => child.kill());
  return child;
}

async function connect(port: number): Promise<Connection> {
  const connection = await Connection.connect({ address: `127.0.0.1:${port}` });
  onTestFinished(() => connection.close());
  return connection;
}

describe('temporal-embedded server start-dev', () => {
  it('prints where it listens, as the official CLI does, and ends cleanly on SIGTERM and SIGINT', async () => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      const child = run('server', 'start-dev', '--port', '0', '--headless');
      const [, port] = await child.waitForOutput(/^Temporal Server: {6}localhost:(\d+)$/m);
      await child.waitForOutput(/^Temporal Persistence: in-memory$/m);
      const connection = await connect(Number(port));
      expect((await connection.workflowService.getSystemInfo({})).serverVersion).toMatch(/^\d+\.\d+\.\d+$/);
      child.kill(signal);
      expect(await child.exited).toEqual({ code: 0, signal: null });
      expect(child.stderr).toBe('');
    }
  });

  it('keeps namespaces and search attributes of a --db-filename over a restart', async () => {
    const filename = join(temporaryFolder('state'), 'state.db');
    const args = ['server', 'start-dev', '--port', '0', '--db-filename', filename];
    const first = run(...args, '--namespace', 'kept', '--search-attribute', 'Team=Keyword');
    await first.waitForOutput(new RegExp(`^Temporal Persistence: ${filename}$`, 'm'));
    first.kill('SIGKILL');
    await first.exited;

    const second = run(...args);
    const [, port] = await second.waitForOutput(/^Temporal Server: +localhost:(\d+)$/m);
    const { operatorService, workflowService } = await connect(Number(port));
    expect((await workflowService.describeNamespace({ namespace: 'kept' })).namespaceInfo?.name).toBe('kept');
    expect((await operatorService.listSearchAttributes({ namespace: 'kept' })).customAttributes).toEqual({ Team: 2 });
  });

  it('says in one sentence that the port is in use', async () => {
    const squatter = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void squatter.close());
    await new Promise((resolve) => squatter.once('listening', resolve));
    const { port } = squatter.address() as AddressInfo;
    const child = run('server', 'start-dev', '--port', String(port));
    expect((await child.exited).code).toBe(1);
    expect(child.stderr).toBe(
      `Error: Port ${port} on 127.0.0.1 is in use. Stop what listens there, or choose another port (0 picks a free one).\n`,
    );
  });

  it('refuses to serve other machines', async () => {
    const child = run('server', 'start-dev', '--ip', '0.0.0.0', '--port', '0');
    expect((await child.exited).code).toBe(1);
    expect(child.stderr).toMatch(
      /^Error: Without TLS and callers who have to prove who they are, .*not on "0\.0\.0\.0"\..*\n$/,
    );
  });

  it('refuses a command line that it does not understand, with exit code 2', async () => {
    const child = run('server', 'start-dev', '--port', 'seven');
    expect((await child.exited).code).toBe(2);
    expect(child.stderr).toBe('Error: --port seven: a port is a number from 0 to 65535.\n');
  });

  it('says once which flags have no effect yet, and goes on', async () => {
    const child = run('server', 'start-dev', '--port', '0', '--ui-port', '8080');
    await child.waitForOutput(/^Temporal Server:/m);
    await child.waitForOutput(/^These flags have no effect yet: --ui-port\.$/m);
  });
});

describe('temporal-embedded PORT', () => {
  it('serves TestService, with time locked once', async () => {
    const port = await freePort();
    const child = run(String(port));
    await child.waitForOutput(/listening/);
    const client = new GrpcClient(`127.0.0.1:${port}`, credentials.createInsecure());
    onTestFinished(() => client.close());
    const codeOf = (rpcName: string) =>
      new Promise((resolve) => {
        const path = `/temporal.api.testservice.v1.TestService/${rpcName}`;
        const empty = () => Buffer.alloc(0);
        client.makeUnaryRequest(path, empty, empty, {}, new Metadata(), (error) => resolve(error?.code ?? 0));
      });
    expect(await codeOf('UnlockTimeSkipping')).toBe(0);
    expect(await codeOf('UnlockTimeSkipping')).toBe(GrpcStatus.FAILED_PRECONDITION);
  });
});
