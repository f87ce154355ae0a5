/**
 * Scripts about schedules. Most are paused and are made to act by triggers and backfills of times long past: what they
 * start is then called the same in every run.
 */
import { temporalProto } from '../../../src/proto/root.js';
import type { temporal } from '../../../src/proto/root.js';
import { waitUntil } from '@vishkar/testkit';
import type { Stage } from '../service-stage.js';
import { completeWorkflowExecution, failure, failWorkflowExecution, payload, payloads, seconds } from './commands.js';
import type { Scripts } from './script.js';

type Schedule = temporal.api.schedule.v1.ISchedule;
type Patch = temporal.api.schedule.v1.ISchedulePatch;
type CreateRequest = temporal.api.workflowservice.v1.ICreateScheduleRequest;
type Description = temporal.api.workflowservice.v1.IDescribeScheduleResponse;
type Info = temporal.api.schedule.v1.IScheduleInfo;

const { ScheduleOverlapPolicy: Overlap, WorkflowExecutionStatus: Status } = temporalProto.api.enums.v1;
const hour = (n: number) => ({ seconds: (Date.UTC(2024, 0, 1, n) / 1000) as never });
/** It has no future, which would look another way every hour. */
const hourly: Schedule = { spec: { interval: [{ interval: seconds(3600) }], endTime: hour(100) } };
const paused: Schedule = { ...hourly, state: { paused: true } };

/** One schedule on a stage, with the script's name as its id, and as workflow id and task queue of what it starts. */
class Scheduled {
  constructor(readonly stage: Stage) {}

  get id() {
    return { ...this.stage.base, scheduleId: this.stage.name };
  }

  create(schedule: Schedule = paused, rest: CreateRequest = {}, workflow: object = {}) {
    const { name } = this.stage;
    return this.stage.call('createSchedule', {
      ...this.id,
      requestId: `${name}-create`,
      schedule: {
        action: {
          startWorkflow: { workflowId: name, workflowType: { name: 'type' }, taskQueue: { name }, ...workflow },
        },
        ...schedule,
      },
      ...rest,
    });
  }

  patch(patch: Patch) {
    return this.stage.call('patchSchedule', { ...this.id, patch });
  }

  trigger(n: number, overlapPolicy = 0) {
    return this.patch({ triggerImmediately: { overlapPolicy, scheduledTime: hour(n) } });
  }

  backfill(from: number, to: number, overlapPolicy = 0) {
    return this.patch({ backfillRequest: [{ startTime: hour(from), endTime: hour(to), overlapPolicy }] });
  }

  /** What describe says once it says what it is waited for; the official server notices ends when it is asked. */
  async until(what: string, fits: (info: Info, description: Description) => boolean): Promise<void> {
    await waitUntil(
      async () => {
        const reply = await this.stage.connection.workflowService.describeSchedule(this.id);
        return fits(reply.info ?? {}, reply);
      },
      { what: `${this.stage.name}: ${what}`, timeoutMs: 20_000, intervalMs: 50 },
    );
    await this.stage.call('describeSchedule', this.id);
  }

  untilActions(count: number): Promise<void> {
    return this.until(`${count} actions`, ({ actionCount }) => Number(actionCount) === count);
  }

  /** No action's workflow runs any more, as far as the schedule knows. */
  untilIdle(count: number): Promise<void> {
    return this.until(
      'all workflows to have ended',
      (info) =>
        Number(info.actionCount) === count &&
        (info.runningWorkflows ?? []).length === 0 &&
        (info.recentActions ?? []).every(
          ({ startWorkflowStatus }) => startWorkflowStatus !== Status.WORKFLOW_EXECUTION_STATUS_RUNNING,
        ),
    );
  }

  workflowId(n: number): string {
    return `${this.stage.name}-2024-01-01T${String(n).padStart(2, '0')}:00:00Z`;
  }

  delete() {
    return this.stage.call('deleteSchedule', this.id);
  }
}

const script = (play: (schedule: Scheduled, stage: Stage) => Promise<void>) => async (stage: Stage) => {
  const schedule = new Scheduled(stage);
  await play(schedule, stage);
  await schedule.delete();
};

const done = (value?: unknown) => completeWorkflowExecution(value === undefined ? {} : { result: payloads(value) });

export const scheduleScripts: Scripts = {
  'a schedule from create to delete': script(async (schedule, stage) => {
    await schedule.create();
    await schedule.create();
    await schedule.create(paused, { requestId: 'another' });
    await stage.call('describeSchedule', schedule.id);
    await stage.call('listSchedules', { ...stage.base, query: `ScheduleId = '${stage.name}'` });
    const range = { startTime: hour(0), endTime: hour(5) };
    await stage.call('listScheduleMatchingTimes', { ...schedule.id, ...range });
    await stage.call('listScheduleMatchingTimes', schedule.id);
  }),
  'requests about a schedule that is not there': async (stage) => {
    const schedule = new Scheduled(stage);
    await stage.call('describeSchedule', schedule.id);
    await stage.call('updateSchedule', { ...schedule.id, schedule: hourly });
    await schedule.patch({ pause: 'p' });
    await stage.call('listScheduleMatchingTimes', { ...schedule.id, startTime: hour(0), endTime: hour(1) });
    await schedule.delete();
  },
  'schedules that are refused': async (stage) => {
    const schedule = new Scheduled(stage);
    await schedule.create(paused, { requestId: '' });
    await schedule.create(paused, { requestId: 'r'.repeat(1001) });
    await schedule.create(paused, { scheduleId: 's'.repeat(1000) });
    await schedule.create(paused, {}, { workflowId: 'w'.repeat(990) });
    await schedule.create(paused, {}, { workflowType: {} });
    await schedule.create(paused, {}, { taskQueue: null });
    await schedule.create(paused, {}, { workflowTaskTimeout: seconds(-1) });
    await schedule.create(paused, {}, { cronSchedule: '* * * * *' });
    await schedule.create(paused, {}, { workflowIdReusePolicy: 2 });
    const unknown = { searchAttributes: { indexedFields: { Unknown: payload(1) } } };
    await schedule.create(paused, {}, unknown);
    await schedule.create(paused, unknown);
    await schedule.create(paused, { searchAttributes: { indexedFields: { Num: payload('x') } } });
    await schedule.create(paused, { namespace: 'nowhere' });
  },
  'filters that schedules are not found by': async (stage) => {
    for (const query of [
      "WorkflowId = 'x'",
      "StartTime > '2024-01-01T00:00:00Z'",
      "TemporalScheduledById = 'x'",
      'Unknown = 1',
      'this is none',
    ]) {
      await stage.call('listSchedules', { ...stage.base, query });
    }
  },
  'a first patch': script(async (schedule, stage) => {
    await schedule.create(hourly, {
      initialPatch: { pause: 'not yet', triggerImmediately: { scheduledTime: hour(7) } },
    });
    await stage.turn([done()]);
    await schedule.untilIdle(1);
  }),
  'pausing and going on': script(async (schedule, stage) => {
    await schedule.create(hourly);
    await schedule.patch({ pause: 'a holiday' });
    await stage.call('describeSchedule', schedule.id);
    await schedule.patch({ unpause: 'back again' });
    await stage.call('describeSchedule', schedule.id);
    await schedule.patch({ pause: 'n'.repeat(1001) });
  }),
  'an update': script(async (schedule, stage) => {
    await schedule.create(paused);
    await stage.call('updateSchedule', {
      ...schedule.id,
      schedule: {
        spec: { cronString: ['0 12 * * * # noon'] },
        action: {
          startWorkflow: { workflowId: 'other', workflowType: { name: 'u' }, taskQueue: { name: stage.name } },
        },
        policies: { overlapPolicy: Overlap.SCHEDULE_OVERLAP_POLICY_BUFFER_ALL, catchupWindow: seconds(1) },
        state: { notes: 'updated', limitedActions: true, remainingActions: 3 as never },
      },
    });
    await schedule.until('the update', ({ updateTime }) => Boolean(updateTime));
    await stage.call('updateSchedule', { ...schedule.id, schedule: { spec: { cronString: ['nonsense'] } } });
    await stage.call('updateSchedule', { ...schedule.id });
    await schedule.until('the second update', (_info, { schedule: now }) => !now?.action?.startWorkflow);
  }),
  'a trigger starts a workflow with everything that the action says': script(async (schedule, stage) => {
    await schedule.create(
      paused,
      {},
      {
        input: payloads('in'),
        header: { fields: { h: payload('head') } },
        memo: { fields: { m: payload('memo') } },
        searchAttributes: { indexedFields: { Num: payload(7) } },
        userMetadata: { summary: payload('sum') },
        priority: { priorityKey: 2 },
        retryPolicy: { maximumAttempts: 2 },
        workflowRunTimeout: seconds(100),
      },
    );
    await schedule.trigger(3);
    await stage.turn([done('out')]);
    await schedule.untilIdle(1);
    await stage.history(schedule.workflowId(3));
    await stage.describe(schedule.workflowId(3));
  }),
  'a trigger while one runs is skipped, and counted': script(async (schedule, stage) => {
    await schedule.create();
    await schedule.trigger(1);
    await schedule.untilActions(1);
    await schedule.trigger(2);
    await schedule.until('the skip', ({ overlapSkipped }) => Number(overlapSkipped) === 1);
    await stage.turn([done()]);
    await schedule.untilIdle(1);
  }),
  'a trigger whose workflow is there already': script(async (schedule, stage) => {
    await stage.start({ workflowId: schedule.workflowId(1) });
    await schedule.create();
    await schedule.trigger(1);
    await stage.call('describeSchedule', schedule.id);
    await stage.turn([done()]);
    await schedule.trigger(1);
    await stage.turn([done()]);
    await schedule.untilIdle(1);
  }),
  'a backfill starts one after the other, and hands results on': script(async (schedule, stage) => {
    await schedule.create();
    await schedule.backfill(0, 3, Overlap.SCHEDULE_OVERLAP_POLICY_BUFFER_ALL);
    await stage.turn([done('first')]);
    await stage.turn([failWorkflowExecution({ failure: failure('second') })]);
    await stage.turn([done('third')]);
    await stage.turn([done()]);
    await schedule.untilIdle(4);
    for (const n of [0, 1, 2, 3]) await stage.history(schedule.workflowId(n));
  }),
  'a backfill that skips': script(async (schedule, stage) => {
    await schedule.create();
    await schedule.backfill(0, 3, Overlap.SCHEDULE_OVERLAP_POLICY_SKIP);
    await schedule.until('the skips', ({ overlapSkipped }) => Number(overlapSkipped) === 3);
    await stage.turn([done()]);
    await schedule.untilIdle(1);
  }),
  'a backfill that buffers one': script(async (schedule, stage) => {
    await schedule.create({ ...paused, policies: { overlapPolicy: Overlap.SCHEDULE_OVERLAP_POLICY_BUFFER_ONE } });
    await schedule.backfill(0, 3);
    await schedule.until('the skips', ({ overlapSkipped }) => Number(overlapSkipped) === 2);
    await stage.turn([done()]);
    await stage.turn([done()]);
    await schedule.untilIdle(2);
  }),
  'a backfill all at once': script(async (schedule, stage) => {
    await schedule.create();
    await schedule.backfill(0, 2, Overlap.SCHEDULE_OVERLAP_POLICY_ALLOW_ALL);
    await schedule.untilActions(3);
    for (const n of [0, 1, 2]) await stage.history(schedule.workflowId(n));
    for (const n of [0, 1, 2]) await stage.terminate(schedule.workflowId(n));
  }),
  'the one that runs is cancelled for the next': script(async (schedule, stage) => {
    await schedule.create({ ...paused, policies: { overlapPolicy: Overlap.SCHEDULE_OVERLAP_POLICY_CANCEL_OTHER } });
    await schedule.trigger(1);
    await schedule.untilActions(1);
    await schedule.trigger(2);
    await stage.until('EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED', { workflowId: schedule.workflowId(1) });
    await stage.turn([done()]);
    await schedule.untilActions(2);
    await stage.turn([done()]);
    await stage.history(schedule.workflowId(1));
    await schedule.untilIdle(2);
  }),
  'the one that runs is terminated for the next': script(async (schedule, stage) => {
    await schedule.create({ ...paused, policies: { overlapPolicy: Overlap.SCHEDULE_OVERLAP_POLICY_TERMINATE_OTHER } });
    await schedule.trigger(1);
    await schedule.untilActions(1);
    await schedule.trigger(2);
    await schedule.untilActions(2);
    await stage.history(schedule.workflowId(1));
    await stage.turn([done()]);
    await schedule.untilIdle(2);
  }),
  'a failure pauses': script(async (schedule, stage) => {
    await schedule.create({ ...hourly, policies: { pauseOnFailure: true } });
    await schedule.trigger(1);
    await stage.turn([failWorkflowExecution({ failure: failure('no disk') })]);
    await schedule.until('the pause', (_info, { schedule: now }) => now?.state?.paused === true);
  }),
  'a workflow that times out pauses': script(async (schedule) => {
    await schedule.create({ ...hourly, policies: { pauseOnFailure: true } }, {}, { workflowRunTimeout: seconds(1) });
    await schedule.trigger(1);
    await schedule.until('the pause', (_info, { schedule: now }) => now?.state?.paused === true);
  }),
  'actions run out': script(async (schedule, stage) => {
    await schedule.create({
      spec: { interval: [{ interval: seconds(1) }] },
      policies: { overlapPolicy: Overlap.SCHEDULE_OVERLAP_POLICY_ALLOW_ALL },
      state: { limitedActions: true, remainingActions: 2 as never },
    });
    const reply = await waitUntil(
      async () => {
        const {
          conflictToken,
          info,
          schedule: now,
        } = await stage.connection.workflowService.describeSchedule(schedule.id);
        return Number(info?.actionCount) === 2 && { conflictToken, info, now };
      },
      { what: 'two actions', timeoutMs: 20_000, intervalMs: 100 },
    );
    const { info, now, conflictToken } = reply;
    stage.transcript.note(
      `left ${String(now?.state?.remainingActions)}, future times ${info?.futureActionTimes?.length ?? 0}, ` +
        `version ${Buffer.from(conflictToken).readBigUInt64BE()}`,
    );
  }),
  'what a far future holds': script(async (schedule, stage) => {
    await schedule.create({ spec: { calendar: [{ year: '2090', month: '3', dayOfMonth: '1-20' }] } });
    await stage.call('describeSchedule', schedule.id);
    const { schedules } = await stage.connection.workflowService.listSchedules({
      ...stage.base,
      query: `ScheduleId = '${stage.name}'`,
    });
    stage.transcript.note(`future times in lists: ${schedules[0]?.info?.futureActionTimes?.length ?? 0}`);
  }),
  'memo and search attributes': script(async (schedule, stage) => {
    await schedule.create(paused, {
      memo: { fields: { m: payload('kept') } },
      searchAttributes: { indexedFields: { Word: payload(stage.name) } },
    });
    await stage.call('describeSchedule', schedule.id);
    await waitUntil(
      async () => {
        const query = { ...stage.base, query: `Word = '${stage.name}' AND TemporalSchedulePaused = true` };
        return (await stage.connection.workflowService.listSchedules(query)).schedules.length === 1;
      },
      { what: 'the schedule to be listed' },
    );
    await stage.call('listSchedules', { ...stage.base, query: `Word = '${stage.name}'` });
    const fields = { Num: payload(1) };
    await stage.call('updateSchedule', {
      ...schedule.id,
      schedule: paused,
      searchAttributes: { indexedFields: fields },
    });
    await schedule.until('Num', (_info, { searchAttributes }) => 'Num' in (searchAttributes?.indexedFields ?? {}));
    await stage.call('updateSchedule', { ...schedule.id, schedule: paused });
    await stage.call('describeSchedule', schedule.id);
    await stage.call('updateSchedule', { ...schedule.id, schedule: paused, searchAttributes: {} });
    await schedule.until('none', (_info, { searchAttributes }) => !searchAttributes);
  }),
};
