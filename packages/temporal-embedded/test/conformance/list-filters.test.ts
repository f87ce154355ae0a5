import { readFileSync } from 'node:fs';
import { itNeeds, temporalDevServer } from '@vishkar/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { uniqueName, useEmbeddedService } from '../support/embedded-service.js';
import { answerTo, startListedExecutions } from '../support/listed-executions.js';
import type { Answer } from '../support/listed-executions.js';
import { startOfficialDevServer } from '../support/official-dev-server.js';

/** `officially`: where the official dev server answers otherwise, and why we don't. */
type FilterCase = { readonly filter: string; readonly officially?: Answer; readonly why?: string } & Answer;

const CASES = JSON.parse(readFileSync(new URL('./list-filters.json', import.meta.url), 'utf8')) as FilterCase[];

const ourAnswer = ({ filter, officially, why, ...answer }: FilterCase): Answer => answer;
const officialAnswer = (each: FilterCase): Answer => each.officially ?? ourAnswer(each);

describe('list filters', () => {
  const service = useEmbeddedService();
  const namespace = uniqueName('filters');
  beforeAll(() => startListedExecutions(service.connection, namespace));

  it.each(CASES)('answer as recorded: $filter', async (each) => {
    expect(await answerTo(service.connection, namespace, each.filter)).toEqual(ourAnswer(each));
  });

  it('count what they list', async () => {
    for (const each of CASES.filter((one) => 'finds' in one)) {
      const { count } = await service.connection.workflowService.countWorkflowExecutions({
        namespace,
        query: each.filter,
      });
      const found = 'finds' in each && each.finds !== '' ? each.finds.split(' ').length : 0;
      expect([each.filter, Number(count)]).toEqual([each.filter, found]);
    }
  });

  it('count per status', async () => {
    const { count, groups } = await service.connection.workflowService.countWorkflowExecutions({
      namespace,
      query: 'GROUP BY ExecutionStatus',
    });
    const named = groups.map((group) => [
      Buffer.from(group.groupValues?.[0]?.data ?? []).toString('utf8'),
      Number(group.count),
    ]);
    expect(named).toEqual([
      ['"Running"', 5],
      ['"Terminated"', 3],
    ]);
    expect(Number(count)).toBe(8);
  });

  it('page through every execution once, in one order', async () => {
    const seen: string[] = [];
    let nextPageToken: Uint8Array = new Uint8Array(0);
    do {
      const page = await service.connection.workflowService.listWorkflowExecutions({
        namespace,
        pageSize: 3,
        nextPageToken,
      });
      seen.push(...page.executions.map((info) => info.execution?.workflowId ?? ''));
      nextPageToken = page.nextPageToken;
    } while (nextPageToken.length > 0);
    expect(seen).toEqual([7, 5, 4, 2, 0, 6, 3, 1].map((number) => `wf-${number}`));
  });

  it('refuse a page token of somebody else', async () => {
    const call = service.connection.workflowService.listWorkflowExecutions({
      namespace,
      nextPageToken: Buffer.from('[]'),
    });
    await expect(call).rejects.toThrow('Invalid NextPageToken.');
  });

  it('give search attributes back with the types that SDKs decode them by', async () => {
    const { executions } = await service.connection.workflowService.listWorkflowExecutions({
      namespace,
      query: 'CInt = 5',
    });
    const type = executions[0]?.searchAttributes?.indexedFields?.['CInt']?.metadata?.['type'];
    expect(Buffer.from(type ?? []).toString('utf8')).toBe('Int');
  });

  itNeeds(
    { temporal: temporalDevServer },
    'are answered by the official dev server as recorded',
    async ({ temporal }) => {
      const official = await startOfficialDevServer(temporal);
      try {
        await startListedExecutions(official.connection, namespace);
        const answers = new Map<string, Answer>();
        for (const { filter } of CASES) answers.set(filter, await answerTo(official.connection, namespace, filter));
        expect(answers).toEqual(new Map(CASES.map((each) => [each.filter, officialAnswer(each)])));
      } finally {
        await official.stop();
      }
    },
    60_000,
  );
});
