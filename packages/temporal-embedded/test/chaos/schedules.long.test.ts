/**
 * Schedules of every second, on a service that dies around its commits: each time has its workflow, once, whether the
 * service was there at that second or not, and the schedule's own counts agree with what lists show.
 * `npm run chaos` kills a dozen times at each point, `npm run chaos -- --short` three times.
 */
import { join } from 'node:path';
import { Client, Connection, ScheduleOverlapPolicy } from '@temporalio/client';
import type { WorkflowExecutionInfo } from '@temporalio/client';
import { chosenSeed, SeededRandom, temporaryFolder, waitUntil } from '@vishkar/testkit';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { KilledService } from './killed-service.js';

const SERVER = fileURLToPath(new URL('debug-point-server.mjs', import.meta.url));
const KILLS = process.env['VISHKAR_LONG_TESTS'] === 'short' ? 3 : 12;
const MAX_COMMITS = 6;

const { ALLOW_ALL, TERMINATE_OTHER } = ScheduleOverlapPolicy;

it.each(['before-commit', 'after-commit'])(
  'killed %s, schedules leave no time out and act on none twice',
  async (point) => {
    const random = new SeededRandom(chosenSeed());
    console.log(`seed ${random.seed} (CHAOS_SEED repeats it)`);
    const filename = join(temporaryFolder('chaos'), 'schedules.db');
    const service = await KilledService.create((port, n) => {
      const target = n > 1 && n <= KILLS + 1 ? [point, String(random.between(1, MAX_COMMITS))] : [];
      return [SERVER, filename, String(port), ...target];
    });
    try {
      await service.start();
      const before = await connect(service.address);
      for (const [scheduleId, overlap] of [
        ['all', ALLOW_ALL],
        ['last', TERMINATE_OTHER],
      ] as const) {
        await before.schedule.create({
          scheduleId,
          spec: { intervals: [{ every: '1s' }] },
          policies: { overlap },
          action: { type: 'startWorkflow', workflowType: 't', taskQueue: 'q', workflowId: scheduleId },
        });
      }
      await before.connection.close();
      await service.kill();
      for (let n = 0; n < KILLS; n++) expect((await (await service.start()).exited).signal).toBe('SIGKILL');
      await service.start();
      const client = await connect(service.address);
      const all = client.schedule.getHandle('all');
      const last = client.schedule.getHandle('last');
      await all.pause();
      await last.pause();
      // What was missed has been made up for when the pause came after it.
      const { info, raw } = await all.describe();
      await waitUntil(async () => (await last.describe()).raw.info?.bufferSize?.toNumber() === 0, {
        what: 'the buffer',
      });

      const { startTime } = await client.workflowService.listScheduleMatchingTimes({
        namespace: 'default',
        scheduleId: 'all',
        startTime: raw.info?.createTime ?? null,
        endTime: { seconds: Math.floor(Date.now() / 1000) as never },
      });
      const started = await startedBy(client, 'all');
      const expected = startTime.slice(0, started.length).map((time) => idAt('all', Number(time.seconds)));
      expect(started.map(({ workflowId }) => workflowId).sort()).toEqual(expected);
      expect(info.numActionsTaken).toBe(started.length);
      expect(info.numActionsMissedCatchupWindow).toBe(0);
      expect(started.length).toBeGreaterThan(KILLS);

      const alone = await startedBy(client, 'last');
      expect(new Set(alone.map(({ workflowId }) => workflowId)).size).toBe(alone.length);
      expect(alone.filter(({ status }) => status.name === 'RUNNING').map(({ workflowId }) => workflowId)).toEqual(
        alone
          .map(({ workflowId }) => workflowId)
          .sort()
          .slice(-1),
      );
      const { info: lastInfo } = await last.describe();
      expect(lastInfo.numActionsTaken).toBe(alone.length);
      expect(lastInfo.runningActions).toHaveLength(1);
      console.log(`${KILLS} kills ${point}: ${started.length} times, ${alone.length} in turn; left out or doubled: 0`);
      await client.connection.close();
    } finally {
      await service.stop();
    }
  },
  300_000,
);

async function connect(address: string): Promise<Client> {
  return new Client({ connection: await Connection.connect({ address }) });
}

const idAt = (scheduleId: string, seconds: number): string =>
  `${scheduleId}-${new Date(seconds * 1000).toISOString().replace('.000', '')}`;

async function startedBy(client: Client, scheduleId: string): Promise<WorkflowExecutionInfo[]> {
  const started: WorkflowExecutionInfo[] = [];
  const query = `TemporalScheduledById = '${scheduleId}'`;
  for await (const each of client.workflow.list({ query })) started.push(each);
  return started;
}
