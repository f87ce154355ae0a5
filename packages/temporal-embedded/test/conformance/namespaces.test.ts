import { join } from 'node:path';
import { Client, Connection, isGrpcServiceError } from '@temporalio/client';
import { temporaryFolder } from '@vishkar/testkit';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startDevServer } from '../../src/dev-server.js';
import { openStore } from '../../src/persistence/open-store.js';
import { uniqueName, useEmbeddedService } from '../support/embedded-service.js';

const DAY = { seconds: 86_400 as never };

describe('namespaces', () => {
  const service = useEmbeddedService({ namespaces: ['payments'] });
  const api = () => service.connection.workflowService;

  const register = (namespace: string, more: object = {}) =>
    api().registerNamespace({ namespace, workflowExecutionRetentionPeriod: DAY, ...more });

  /** Code and text of the refusal, as a client sees them. */
  async function refusal(call: Promise<unknown>): Promise<[number, string]> {
    try {
      await call;
    } catch (error) {
      if (isGrpcServiceError(error)) return [error.code, error.details];
      throw error;
    }
    throw new Error('the call was not refused');
  }

  it('has the default namespace and those asked for at launch, kept for a day', async () => {
    for (const namespace of ['default', 'payments']) {
      const { namespaceInfo, config } = await api().describeNamespace({ namespace });
      expect(namespaceInfo).toMatchObject({ name: namespace, state: 1 });
      expect(Number(config?.workflowExecutionRetentionTtl?.seconds)).toBe(86_400);
    }
  });

  it('keeps what a namespace is registered with, and finds it by name and by id', async () => {
    const name = uniqueName('registered');
    await register(name, { description: 'what for', ownerEmail: 'owner@example.com', data: { team: 'blue' } });
    const byName = await api().describeNamespace({ namespace: name });
    expect(byName).toMatchObject({
      namespaceInfo: {
        name,
        state: 1,
        description: 'what for',
        ownerEmail: 'owner@example.com',
        data: { team: 'blue' },
      },
      config: { historyArchivalState: 1, visibilityArchivalState: 1 },
      replicationConfig: { activeClusterName: 'active', clusters: [{ clusterName: 'active' }] },
    });
    const byId = await api().describeNamespace({ id: byName.namespaceInfo?.id ?? '' });
    expect(byId).toEqual(byName);
  });

  it('changes description, owner, data and retention', async () => {
    const namespace = uniqueName('updated');
    await register(namespace, { description: 'before', data: { kept: '1' } });
    await api().updateNamespace({
      namespace,
      updateInfo: { description: 'after', data: { added: '2' } },
      config: { workflowExecutionRetentionTtl: { seconds: 7_200 as never } },
    });
    const described = await api().describeNamespace({ namespace });
    expect(described.namespaceInfo).toMatchObject({ description: 'after', data: { kept: '1', added: '2' } });
    expect(Number(described.config?.workflowExecutionRetentionTtl?.seconds)).toBe(7_200);
  });

  it('lists each namespace once over pages', async () => {
    const added = [uniqueName('listed'), uniqueName('listed'), uniqueName('listed')];
    for (const name of added) await register(name);
    const names: (string | null | undefined)[] = [];
    let nextPageToken: Uint8Array = new Uint8Array();
    do {
      const page = await api().listNamespaces({ pageSize: 2, nextPageToken });
      expect(page.namespaces.length).toBeLessThanOrEqual(2);
      names.push(...page.namespaces.map((entry) => entry.namespaceInfo?.name));
      nextPageToken = page.nextPageToken;
    } while (nextPageToken.length > 0);
    expect(names).toEqual(expect.arrayContaining(['default', 'payments', ...added]));
    expect(new Set(names).size).toBe(names.length);
  });

  it('marks a namespace as deprecated', async () => {
    const namespace = uniqueName('deprecated');
    await register(namespace);
    await api().deprecateNamespace({ namespace });
    expect((await api().describeNamespace({ namespace })).namespaceInfo?.state).toBe(2);
  });

  it('takes a deleted namespace away at once, so that its name is free again', async () => {
    const namespace = uniqueName('deleted');
    await register(namespace);
    const { namespaceInfo } = await api().describeNamespace({ namespace });
    const { deletedNamespace } = await service.connection.operatorService.deleteNamespace({ namespace });
    expect(deletedNamespace).toBe(`${namespace}-deleted-${namespaceInfo?.id?.slice(0, 5)}`);
    expect(await refusal(api().describeNamespace({ namespace }))).toEqual([5, `Namespace ${namespace} is not found.`]);
    await register(namespace);
  });

  it('deletes the executions of a deleted namespace with it', async () => {
    const dbFilename = join(temporaryFolder('deleted'), 'state.db');
    const server = await startDevServer({ port: 0, dbFilename, namespaces: ['emptied'] });
    onTestFinished(() => server.close());
    const connection = await Connection.connect({ address: server.address });
    for (const namespace of ['emptied', 'default']) {
      const client = new Client({ connection, namespace });
      await client.workflow.start('any', { taskQueue: 'nobody', workflowId: 'open' });
      await (await client.workflow.start('any', { taskQueue: 'nobody', workflowId: 'closed' })).terminate();
    }
    const { namespaceInfo } = await connection.workflowService.describeNamespace({ namespace: 'emptied' });
    await connection.operatorService.deleteNamespace({ namespace: 'emptied' });
    await connection.close();
    await server.close();

    const store = openStore({ filename: dbFilename });
    onTestFinished(() => store.close());
    expect([...store.openExecutions()]).toHaveLength(1);
    for (const workflowId of ['open', 'closed']) {
      expect(store.findCurrentRun(namespaceInfo?.id ?? '', workflowId)).toBeUndefined();
    }
  });

  it('refuses in the words of the official server', async () => {
    const taken = uniqueName('taken');
    await register(taken);
    const unset = [3, 'Namespace not set on request.'];
    const retention = [3, 'A valid retention period is not set on request.'];
    expect(await refusal(register(taken))).toEqual([6, `Namespace "${taken}" already exists`]);
    expect(await refusal(register(''))).toEqual(unset);
    expect(await refusal(register('x'.repeat(1001)))).toEqual([3, 'Namespace length exceeds limit.']);
    expect(await refusal(api().registerNamespace({ namespace: 'kept-forever' }))).toEqual(retention);
    expect(await refusal(register('short', { workflowExecutionRetentionPeriod: { seconds: 3_599 as never } }))).toEqual(
      retention,
    );
    expect(await refusal(register('global', { isGlobalNamespace: true }))).toEqual([
      3,
      'Cannot register global namespace when not enabled',
    ]);
    expect(await refusal(api().describeNamespace({}))).toEqual(unset);
    expect(await refusal(api().describeNamespace({ namespace: 'nowhere' }))).toEqual([
      5,
      'Namespace nowhere is not found.',
    ]);
    expect(await refusal(api().updateNamespace({ namespace: 'nowhere' }))).toEqual([
      5,
      'Namespace nowhere is not found.',
    ]);
  });
});
