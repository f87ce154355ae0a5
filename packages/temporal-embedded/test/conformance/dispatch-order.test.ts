/** In which order and how fast waiting tasks leave a queue, and what the official CLI shows and sets of it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { itNeeds, temporalDevServer } from '@vishkar/testkit';
import { expect, onTestFinished, test } from 'vitest';
import { startDevServer } from '../../src/dev-server.js';
import { useEmbeddedService } from '../support/embedded-service.js';
import { officialCliJson } from '../support/official-cli.js';
import { scheduleActivityTask, seconds } from '../support/scripts/commands.js';
import { Stage } from '../support/service-stage.js';

const service = useEmbeddedService();

async function waitingActivities(name: string, priorities: readonly object[]): Promise<Stage> {
  const stage = new Stage(service.connection, 'default', name);
  await stage.start();
  await stage.turn(
    priorities.map((priority, n) =>
      scheduleActivityTask({
        activityId: String(n),
        activityType: { name: 'act' },
        taskQueue: { name },
        startToCloseTimeout: seconds(100),
        priority,
      }),
    ),
  );
  return stage;
}

test('activities leave by priority, and in turns by fairness key', async () => {
  const [a, b] = [{ fairnessKey: 'a' }, { fairnessKey: 'b' }];
  const stage = await waitingActivities('turns', [a, a, a, a, b, b, { priorityKey: 1 }, { priorityKey: 5 }]);
  const order: string[] = [];
  for (let n = 0; n < 8; n++) order.push((await stage.pollActivity()).activityId ?? '');
  expect(order).toEqual(['6', '0', '4', '1', '5', '2', '3', '7']);
});

itNeeds({ temporal: temporalDevServer }, 'the official CLI shows a backlog', async ({ temporal }) => {
  await waitingActivities('backlog', [{}, {}]);
  const described = await officialCliJson(temporal, service, 'task-queue', 'describe', '--task-queue', 'backlog');
  expect(JSON.stringify(described)).toMatch(/"approximateBacklogCount":"?2/);
});

itNeeds(
  { temporal: temporalDevServer },
  'the official CLI sets a rate, which holds over a restart',
  async ({ temporal }) => {
    const directory = await mkdtemp(join(tmpdir(), 'rates-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    const dbFilename = join(directory, 'temporal.db');
    const run = async (command: string, ...args: string[]): Promise<string> => {
      const server = await startDevServer({ port: 0, dbFilename });
      const queue = ['--task-queue', 'rated', '--task-queue-type', 'activity'];
      try {
        return JSON.stringify(
          await officialCliJson(temporal, { server }, 'task-queue', 'config', command, ...queue, ...args),
        );
      } finally {
        await server.close();
      }
    };
    await run(
      'set',
      '--queue-rps-limit',
      '50',
      '--queue-rps-limit-reason',
      'slow',
      '--fairness-key-rps-limit-default',
      '5',
    );
    const set = await run('get');
    expect(set).toMatch(/"requestsPerSecond":50.*"reason":"slow"/);
    expect(set).toMatch(/"requestsPerSecond":5[^0]/);
    await run('set', '--queue-rps-limit', 'default');
    expect(await run('get')).not.toMatch(/"requestsPerSecond":50/);
  },
  30_000,
);
