import { isGrpcServiceError, WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure, defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { beforeAll, describe, expect, it } from 'vitest';
import { SEARCH_ATTRIBUTE_TYPES } from '../../src/namespaces/search-attribute-type.js';
import { uniqueName, useEmbeddedService, withWorker } from '../support/embedded-service.js';

const WORKFLOWS = new URL('./list-and-count.workflows.ts', import.meta.url);
const team = defineSearchAttributeKey('Team', SearchAttributeType.KEYWORD);

describe('list and count', () => {
  const service = useEmbeddedService({ searchAttributes: { Team: SEARCH_ATTRIBUTE_TYPES.Keyword } });
  const taskQueue = uniqueName('list');
  const api = () => service.connection.workflowService;

  /** Three finished, one failed, two waiting; the waiting ones are of team blue. */
  beforeAll(async () => {
    await withWorker(service, { taskQueue, workflows: WORKFLOWS }, async () => {
      for (const id of ['done-1', 'done-2', 'done-3']) {
        await service.client.workflow.execute('finish', { taskQueue, workflowId: id, memo: { order: id } });
      }
      const failed = service.client.workflow.execute('fail', { taskQueue, workflowId: 'failed-1' });
      await expect(failed).rejects.toThrow(WorkflowFailedError);
      await expect(failed).rejects.toMatchObject({ cause: expect.any(ApplicationFailure) as Error });
      for (const workflowId of ['open-1', 'open-2']) {
        await service.client.workflow.start('waitForRelease', {
          taskQueue,
          workflowId,
          typedSearchAttributes: [{ key: team, value: 'blue' }],
        });
      }
    });
  });

  async function listed(query?: string): Promise<string[]> {
    const ids: string[] = [];
    for await (const info of service.client.workflow.list(query === undefined ? {} : { query }))
      ids.push(info.workflowId);
    return ids.sort();
  }

  async function refusal(call: Promise<unknown>): Promise<[number, string]> {
    const error: unknown = await call.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (!isGrpcServiceError(error)) throw new Error('the call was not refused', { cause: error });
    return [error.code, error.details];
  }

  it('finds executions by what the list filter says', async () => {
    expect(await listed()).toEqual(['done-1', 'done-2', 'done-3', 'failed-1', 'open-1', 'open-2']);
    expect(await listed("ExecutionStatus = 'Running'")).toEqual(['open-1', 'open-2']);
    expect(await listed("WorkflowType = 'finish' AND WorkflowId != 'done-2'")).toEqual(['done-1', 'done-3']);
    expect(await listed("Team = 'blue'")).toEqual(['open-1', 'open-2']);
    expect(await listed("WorkflowId STARTS_WITH 'done' OR ExecutionStatus = 'Failed'")).toHaveLength(4);
    expect(await listed('CloseTime IS NULL')).toEqual(['open-1', 'open-2']);
    expect(await listed("Team = 'red'")).toEqual([]);
  });

  it('shows what an execution is and carries', async () => {
    const found: unknown[] = [];
    for await (const { type, status, taskQueue: queue, memo, historyLength, closeTime } of service.client.workflow.list(
      {
        query: "WorkflowId = 'done-1'",
      },
    )) {
      found.push({ type, status: status.name, queue, memo, historyLength, isClosed: closeTime !== undefined });
    }
    expect(found).toEqual([
      {
        type: 'finish',
        status: 'COMPLETED',
        queue: taskQueue,
        memo: { order: 'done-1' },
        historyLength: 5,
        isClosed: true,
      },
    ]);
  });

  it('pages through a list, each execution once', async () => {
    const ids: string[] = [];
    for await (const info of service.client.workflow.list({ pageSize: 2 })) ids.push(info.workflowId);
    expect([...ids].sort()).toEqual(await listed());
  });

  it('counts, also by status', async () => {
    expect((await service.client.workflow.count()).count).toBe(6);
    expect((await service.client.workflow.count("ExecutionStatus = 'Running'")).count).toBe(2);
    const { count, groups } = await service.client.workflow.count('GROUP BY ExecutionStatus');
    expect(count).toBe(6);
    expect(groups).toEqual([
      { count: 2, groupValues: [['Running']] },
      { count: 3, groupValues: [['Completed']] },
      { count: 1, groupValues: [['Failed']] },
    ]);
  });

  it('answers the older rpcs', async () => {
    const ids = ({ executions }: { executions: { execution?: { workflowId?: string | null } | null }[] }) =>
      executions.map((info) => info.execution?.workflowId).sort();
    const namespace = 'default';
    expect(ids(await api().listOpenWorkflowExecutions({ namespace }))).toEqual(['open-1', 'open-2']);
    expect(ids(await api().listClosedWorkflowExecutions({ namespace, typeFilter: { name: 'fail' } }))).toEqual([
      'failed-1',
    ]);
    expect(ids(await api().listClosedWorkflowExecutions({ namespace, statusFilter: { status: 3 } }))).toEqual([
      'failed-1',
    ]);
    expect(ids(await api().scanWorkflowExecutions({ namespace, query: "WorkflowType = 'fail'" }))).toEqual([
      'failed-1',
    ]);
  });

  it('refuses in the words of the official server', async () => {
    const namespace = 'default';
    expect(await refusal(api().listWorkflowExecutions({}))).toEqual([3, 'Namespace is empty.']);
    expect(await refusal(api().countWorkflowExecutions({ namespace: 'nowhere' }))).toEqual([
      5,
      'Namespace nowhere is not found.',
    ]);
    expect(
      await refusal(
        api().listOpenWorkflowExecutions({
          namespace,
          startTimeFilter: { earliestTime: { seconds: 100 as never }, latestTime: { seconds: 10 as never } },
        }),
      ),
    ).toEqual([3, 'EarliestTime in StartTimeFilter should not be larger than LatestTime.']);
    expect(await refusal(api().listClosedWorkflowExecutions({ namespace, statusFilter: { status: 1 } }))).toEqual([
      3,
      'StatusFilter must be specified and must be not Running.',
    ]);
    expect(await refusal(api().listArchivedWorkflowExecutions({ namespace }))).toEqual([
      3,
      'Cluster is not configured for visibility archival.',
    ]);
    const [code, details] = await refusal(api().listWorkflowExecutions({ namespace, query: "Nope = 'x'" }));
    expect([code, details]).toEqual([3, expect.stringMatching(/^invalid query: /)]);
  });
});
