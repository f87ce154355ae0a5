/** Schedules through the official client, worker and command line. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ScheduleAlreadyRunning, ScheduleNotFoundError, ScheduleOverlapPolicy } from '@temporalio/client';
import type { ScheduleHandle, ScheduleOptions } from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { itNeeds, temporalDevServer, waitUntil } from '@vishkar/testkit';
import { describe, expect, it } from 'vitest';
import { SEARCH_ATTRIBUTE_TYPES } from '../../src/namespaces/search-attribute-type.js';
import { uniqueName, useEmbeddedService, withWorker } from '../support/embedded-service.js';
import type { countOn, introduce, runOn } from './schedules.workflows.js';

const workflows = new URL('./schedules.workflows.ts', import.meta.url);
const team = defineSearchAttributeKey('Team', SearchAttributeType.KEYWORD);
/** A year takes some ten seconds. */
const DAYS = 60;
const FAR_AWAY = { calendars: [{ year: 2090, comment: 'later' }] };

type Options = Partial<Omit<ScheduleOptions, 'action'>>;

describe('schedules by the official client', () => {
  const service = useEmbeddedService({ searchAttributes: { Team: SEARCH_ATTRIBUTE_TYPES.Keyword } });

  const schedule = (taskQueue: string, action: object, options: Options = {}): Promise<ScheduleHandle> =>
    service.client.schedule.create({
      scheduleId: taskQueue,
      spec: FAR_AWAY,
      ...options,
      action: { type: 'startWorkflow', taskQueue, workflowId: taskQueue, ...action } as ScheduleOptions['action'],
    });
  const results = (handle: ScheduleHandle, count: number) =>
    waitUntil(
      async () => {
        const { recentActions } = (await handle.describe()).info;
        if (recentActions.length < count) return undefined;
        return Promise.all(
          recentActions.map(({ action: { workflow } }) =>
            service.client.workflow.getHandle(workflow.workflowId, workflow.firstExecutionRunId).result(),
          ),
        );
      },
      { what: `${count} actions` },
    );

  it('are created, described, listed, changed and deleted', async () => {
    const name = uniqueName('life');
    const handle = await schedule(
      name,
      { workflowType: 'introduce', args: ['x'], memo: { greeting: 'hello' } },
      {
        spec: {
          intervals: [{ every: '1h', offset: '5m' }],
          cronExpressions: ['0 12 * * MON-WED,FRI'],
          timezone: 'Asia/Tokyo',
        },
        policies: { overlap: ScheduleOverlapPolicy.BUFFER_ONE, catchupWindow: '2m', pauseOnFailure: true },
        state: { note: 'young', remainingActions: 7 },
        memo: { of: 'mine' },
        typedSearchAttributes: [{ key: team, value: name }],
      },
    );
    await expect(schedule(name, { workflowType: 'introduce' })).rejects.toThrow(ScheduleAlreadyRunning);
    const described = await handle.describe();
    expect(described).toMatchObject({
      scheduleId: name,
      spec: { timezone: 'Asia/Tokyo', intervals: [{ every: 3_600_000, offset: 300_000 }] },
      policies: { overlap: 'BUFFER_ONE', catchupWindow: 120_000, pauseOnFailure: true },
      state: { note: 'young', paused: false, remainingActions: 7 },
      memo: { of: 'mine' },
      action: { type: 'startWorkflow', workflowType: 'introduce', args: ['x'], memo: { greeting: 'hello' } },
    });
    expect(described.spec.calendars?.[0]).toMatchObject({ hour: [{ start: 12, end: 12, step: 1 }], month: [{}] });
    expect(described.info.nextActionTimes).toHaveLength(7);
    expect(described.typedSearchAttributes.get(team)).toBe(name);

    await handle.update((previous) => ({ ...previous, spec: FAR_AWAY, state: { ...previous.state, note: 'old' } }));
    await handle.pause('enough');
    const listed = [];
    for await (const each of service.client.schedule.list({ query: `Team = '${name}'` })) listed.push(each);
    expect(listed).toMatchObject([{ scheduleId: name, state: { paused: true, note: 'enough' }, memo: { of: 'mine' } }]);
    await handle.unpause();
    expect((await handle.describe()).state.paused).toBe(false);
    await handle.delete();
    await expect(handle.describe()).rejects.toThrow(ScheduleNotFoundError);
  });

  it('start workflows that know who has started them, and hand the last result on', async () => {
    const name = uniqueName('acts');
    await withWorker(service, { taskQueue: name, workflows }, async () => {
      const introducing = await schedule(name, {
        workflowType: 'introduce' satisfies keyof { introduce: typeof introduce },
        args: ['me'],
        memo: { greeting: 'by' },
      });
      await introducing.trigger();
      expect(await results(introducing, 1)).toEqual([`me by ${name}`]);
      const { count } = await service.client.workflow.count(`TemporalScheduledById = '${name}'`);
      expect(count).toBe(1);

      const id = `${name}-counts`;
      const counting = await schedule(
        name,
        { workflowType: 'countOn' satisfies keyof { countOn: typeof countOn } },
        {
          scheduleId: id,
          spec: { intervals: [{ every: '1h' }], endAt: new Date('2024-02-01T00:00:00Z') },
        },
      );
      await counting.backfill({
        start: new Date('2024-01-01T00:00:00Z'),
        end: new Date('2024-01-01T04:00:00Z'),
        overlap: ScheduleOverlapPolicy.BUFFER_ALL,
      });
      expect(await results(counting, 5)).toEqual([1, 2, 3, 4, 5]);
    });
  });

  it('cancel what runs for the next one, where they are told to', async () => {
    const name = uniqueName('cancels');
    await withWorker(service, { taskQueue: name, workflows }, async () => {
      const handle = await schedule(
        name,
        { workflowType: 'runOn' satisfies keyof { runOn: typeof runOn } },
        { policies: { overlap: ScheduleOverlapPolicy.CANCEL_OTHER } },
      );
      await handle.backfill({ start: new Date('2090-01-01T00:00:00Z'), end: new Date('2090-01-01T00:00:00Z') });
      await handle.trigger(ScheduleOverlapPolicy.CANCEL_OTHER);
      const first = `${name}-2090-01-01T00:00:00Z`;
      await waitUntil(
        async () => (await service.client.workflow.getHandle(first).describe()).status.name === 'CANCELLED',
        { what: 'the first one to be cancelled' },
      );
      await waitUntil(async () => (await handle.describe()).info.numActionsTaken === 2, { what: 'the second one' });
      expect((await handle.describe()).info.runningActions).toHaveLength(1);
    });
  });
});

describe('schedules of a service that skips time', () => {
  const service = useEmbeddedService({ timeSkipping: true });

  it('act every day, each time once', async () => {
    const taskQueue = uniqueName('days');
    await withWorker(service, { taskQueue, workflows }, async () => {
      const handle = await service.client.schedule.create({
        scheduleId: taskQueue,
        spec: { calendars: [{ hour: 2, minute: 30 }], timezone: 'Europe/Berlin' },
        action: { type: 'startWorkflow', workflowType: 'countOn', taskQueue, workflowId: 'day' },
        state: { remainingActions: DAYS },
      });
      service.server.clock?.unlock();
      const { workflow } = service.client;
      await waitUntil(async () => (await workflow.count("ExecutionStatus = 'Completed'")).count === DAYS, {
        what: 'all days to pass',
        timeoutMs: 50_000,
        intervalMs: 100,
      });
      service.server.clock?.lock();
      const results: unknown[] = [];
      for await (const { workflowId, startTime } of workflow.list()) {
        expect(workflowId).toBe(`day-${startTime.toISOString().slice(0, 17)}00Z`);
        results.push(await workflow.getHandle(workflowId).result());
      }
      expect(results.sort((a, b) => Number(a) - Number(b))).toEqual(Array.from({ length: DAYS }, (_, n) => n + 1));
      // A week after its last action nobody has asked for it any more.
      await expect(handle.describe()).rejects.toThrow(ScheduleNotFoundError);
    });
  });
});

describe('schedules by the official command line', () => {
  const service = useEmbeddedService();

  itNeeds({ temporal: temporalDevServer }, 'live a whole life', async ({ temporal }) => {
    const name = uniqueName('cli');
    const run = async (...args: string[]) => {
      const at = ['--address', service.server.address, '--schedule-id', name];
      return (await promisify(execFile)(temporal, ['schedule', ...args, ...at])).stdout;
    };
    const describeIt = async () =>
      JSON.parse(await run('describe', '-o', 'json')) as {
        schedule: Record<string, object>;
        info: Record<string, unknown>;
      };
    await run(
      ...['create', '--calendar', '{"dayOfWeek":"Fri","hour":"3","minute":"11"}', '--interval', '45m/10m'],
      ...['--workflow-id', name, '--task-queue', name, '--type', 'T', '--overlap-policy', 'BufferAll', '--notes', 'n'],
    );
    expect(await describeIt()).toMatchObject({
      schedule: { spec: { interval: [{ interval: '2700s', phase: '600s' }] }, state: { notes: 'n' } },
    });
    await run('toggle', '--pause', '--reason', 'tired');
    expect((await describeIt()).schedule['state']).toEqual({ paused: true, notes: 'tired' });
    await run('toggle', '--unpause', '--reason', 'awake');
    await run('trigger');
    await run(
      'backfill',
      '--start-time',
      '2024-01-01T00:00:00Z',
      '--end-time',
      '2024-01-01T02:00:00Z',
      '--overlap-policy',
      'AllowAll',
    );
    expect((await describeIt()).info['actionCount']).toBe('4');
    await run('update', '--cron', '0 0 * * *', '--workflow-id', name, '--task-queue', name, '--type', 'T');
    expect((await describeIt()).schedule['spec']).toMatchObject({ structuredCalendar: [{ hour: [{ step: 1 }] }] });
    const at = ['--address', service.server.address];
    const { stdout } = await promisify(execFile)(temporal, ['schedule', 'list', ...at]);
    expect(stdout).toContain(name);
    await run('delete');
    await expect(run('describe')).rejects.toThrow(/not found/);
  });
});
