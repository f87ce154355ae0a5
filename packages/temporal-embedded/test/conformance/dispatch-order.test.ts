/** In which order waiting tasks leave a queue, and what the official CLI shows of it. */
import { itNeeds, temporalDevServer } from '@vishkar/testkit';
import { expect, test } from 'vitest';
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
