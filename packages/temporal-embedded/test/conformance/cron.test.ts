/** Cron schedules of workflows: both services are asked at the same moment when a first run is due, or why it is not. */
import { Connection, isGrpcServiceError } from '@temporalio/client';
import { itNeeds, temporalDevServer } from '@vishkar/testkit';
import { describe, expect } from 'vitest';
import { useEmbeddedService } from '../support/embedded-service.js';
import { startOfficialDevServer } from '../support/official-dev-server.js';

const SCHEDULES = [
  ...[
    '* * * * *',
    '*/7 * * * *',
    '5/20 * * * *',
    '1-9/4,30,50-59 */6 * * *',
    '0 0 1,15 * *',
    '0 0 29 2 *',
    '? ? ? ? ?',
  ],
  ...['0 12 * * MON-wed', '0 12 * jan,JUL *', '0 0 13 * 5', '0 0 */2 * 1', '0 0 */1 * 1', '0 0 1,* * 1', '0 0 *-3 * 1'],
  ...['@hourly', '@daily', '@midnight', '@weekly', '@monthly', '@yearly', '@annually', '@sometimes', 'toString'],
  ...['@every 1h', '@every 90m', '@every 1.5h', '@every 100ms', '@every 1d', '@every', '@every x', '@every -5m'],
  ...['CRON_TZ=Asia/Tokyo 0 9 * * *', 'TZ=America/New_York 30 2 * * 1-5', 'CRON_TZ=Nowhere/Land * * * * *'],
  ...['CRON_TZ=Asia/Kolkata @daily', 'CRON_TZ=Europe/Berlin @every 2h'],
  ...['* * * *', '* * * * * *', '60 * * * *', '* 24 * * *', '* * 0 * *', '* * * 13 *', '* * * * 7', '* * * * 0-6'],
  ...['9-8 * * * *', '1-2-3 * * * *', '*/0 * * * *', '*/x * * * *', '1/2/3 * * * *', 'x * * * *', '1,,2 * * * *'],
  ...['0 0 31 2 *', '0 0 30 2 1', '  0   0 * * *  ', '0 0 * * sunday'],
];

/** Whole minutes from the epoch until the first workflow task, or the refusal. */
async function firstRun({ workflowService }: Connection, cronSchedule: string, n: number): Promise<string> {
  const execution = { workflowId: `cron-${n}` };
  try {
    await workflowService.startWorkflowExecution({
      ...{ namespace: 'default', ...execution, requestId: execution.workflowId, cronSchedule },
      ...{ workflowType: { name: 't' }, taskQueue: { name: 'q' } },
    });
  } catch (error) {
    if (isGrpcServiceError(error)) return error.details;
    throw error;
  }
  const { workflowExecutionInfo } = await workflowService.describeWorkflowExecution({
    namespace: 'default',
    execution,
  });
  const { startTime, executionTime } = workflowExecutionInfo ?? {};
  const backoff = Number(executionTime?.seconds) - Number(startTime?.seconds);
  // Those that count from their start are told by how long they wait, the others by the minute.
  return cronSchedule.includes('@every')
    ? `after ${backoff} s`
    : new Date(Math.floor(Number(executionTime?.seconds) / 60) * 60_000).toISOString();
}

describe('cron schedules', () => {
  const service = useEmbeddedService();

  itNeeds(
    { temporal: temporalDevServer },
    'are due when the official dev server says so',
    async ({ temporal }) => {
      const official = await startOfficialDevServer(temporal);
      const connection = await Connection.connect({ address: service.server.address, interceptors: [] });
      try {
        const answers = await Promise.all(
          SCHEDULES.map(async (schedule, n) => {
            const both = [firstRun(connection, schedule, n), firstRun(official.connection, schedule, n)];
            return [schedule, ...(await Promise.all(both))] as const;
          }),
        );
        expect(answers.map(([schedule, ours]) => [schedule, ours])).toEqual(
          answers.map(([schedule, , theirs]) => [schedule, theirs]),
        );
      } finally {
        await connection.close();
        await official.stop();
      }
    },
    120_000,
  );
});
