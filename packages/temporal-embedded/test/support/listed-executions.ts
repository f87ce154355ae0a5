/**
 * Eight executions with search attributes of every type, and what a filter finds among them, through the client that a
 * server is asked with: the same for ours and for the official one.
 */
import { isGrpcServiceError } from '@temporalio/client';
import type { Connection } from '@temporalio/client';
import { waitUntil } from '@vishkar/testkit';
import { SEARCH_ATTRIBUTE_TYPES } from '../../src/namespaces/search-attribute-type.js';

/** What a server makes of a filter: the executions' numbers in its order, or its refusal. */
export type Answer = { readonly finds: string } | { readonly refused: string };

const { Keyword, Text, Int, Double, Bool, Datetime, KeywordList } = SEARCH_ATTRIBUTE_TYPES;
const ATTRIBUTES = {
  CKeyword: Keyword,
  CText: Text,
  CInt: Int,
  CDouble: Double,
  CBool: Bool,
  CDatetime: Datetime,
  CList: KeywordList,
};

/** By number: even ones are of type u, odd ones of type t. */
const EXECUTIONS: readonly Readonly<Record<string, unknown>>[] = [
  {
    CKeyword: 'alpha',
    CInt: 5,
    CDouble: 1.5,
    CBool: true,
    CDatetime: '2024-05-05T05:05:05Z',
    CList: ['a', 'b'],
    CText: 'The quick brown fox',
  },
  {
    CKeyword: 'beta',
    CInt: 9,
    CDouble: 2,
    CBool: false,
    CDatetime: '2024-05-05T05:05:05.123Z',
    CList: ['b', 'c'],
    CText: 'Slow Brown-Fox',
  },
  { CKeyword: 'Alpha', CInt: -5, CDouble: -2.25, CText: 'Café society' },
  { CKeyword: "al'pha", CInt: 7, CList: ['A x', 'ü'] },
  { CKeyword: '5', CInt: 1, CText: 'fox quick' },
  { CKeyword: 'a_b' },
  {},
  { CList: ['a'] },
];
const TERMINATED = [1, 3, 6];

const encoder = new TextEncoder();
const payload = (value: unknown) => ({
  metadata: { encoding: encoder.encode('json/plain') },
  data: encoder.encode(JSON.stringify(value)),
});

/** Makes them in a namespace of their own and waits until all are listed as they will stay. */
export async function startListedExecutions(connection: Connection, namespace: string): Promise<void> {
  const { workflowService, operatorService } = connection;
  await workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: { seconds: 86_400 as never },
  });
  // The official server learns of a new namespace within a second or two.
  const patiently = <T>(what: string, call: () => Promise<T>) =>
    waitUntil(async () => ({ result: await call() }), { what, intervalMs: 200 });
  await patiently('the search attributes', () =>
    operatorService.addSearchAttributes({ namespace, searchAttributes: ATTRIBUTES }),
  );
  for (const [number, attributes] of EXECUTIONS.entries()) {
    const indexedFields = Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, payload(value)]));
    await patiently('an execution to start', () =>
      workflowService.startWorkflowExecution({
        namespace,
        workflowId: `wf-${number}`,
        workflowType: { name: number % 2 ? 't' : 'u' },
        taskQueue: { name: 'q' },
        requestId: `start-${number}`,
        searchAttributes: { indexedFields },
      }),
    );
  }
  for (const number of TERMINATED) {
    await workflowService.terminateWorkflowExecution({
      namespace,
      workflowExecution: { workflowId: `wf-${number}` },
    });
  }
  await waitUntil(
    async () => {
      const open = await answerTo(connection, namespace, 'ExecutionStatus = "Running"');
      const closed = await answerTo(connection, namespace, 'ExecutionStatus = "Terminated"');
      return 'finds' in open && open.finds === '7 5 4 2 0' && 'finds' in closed && closed.finds === '6 3 1';
    },
    { what: 'all executions to be listed' },
  );
}

export async function answerTo(connection: Connection, namespace: string, query: string): Promise<Answer> {
  try {
    const { executions } = await connection.workflowService.listWorkflowExecutions({ namespace, query });
    return { finds: executions.map((info) => (info.execution?.workflowId ?? '').replace('wf-', '')).join(' ') };
  } catch (error) {
    if (isGrpcServiceError(error)) return { refused: error.details };
    throw error;
  }
}
