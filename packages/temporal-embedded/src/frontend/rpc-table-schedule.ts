/** The rpcs of WorkflowService about schedules. */
import { countSchedules } from './rpc/count-schedules.js';
import { createSchedule } from './rpc/create-schedule.js';
import { deleteSchedule } from './rpc/delete-schedule.js';
import { describeSchedule } from './rpc/describe-schedule.js';
import { listScheduleMatchingTimes } from './rpc/list-schedule-matching-times.js';
import { listSchedules } from './rpc/list-schedules.js';
import { patchSchedule } from './rpc/patch-schedule.js';
import { updateSchedule } from './rpc/update-schedule.js';
import type { RpcTable } from './rpc-table.js';
import type { ScheduleServices } from './schedule-request.js';

export const scheduleRpcs = (services: ScheduleServices): RpcTable => ({
  CreateSchedule: createSchedule(services),
  DescribeSchedule: describeSchedule(services),
  UpdateSchedule: updateSchedule(services),
  PatchSchedule: patchSchedule(services),
  ListScheduleMatchingTimes: listScheduleMatchingTimes(services),
  DeleteSchedule: deleteSchedule(services),
  ListSchedules: listSchedules(services),
  CountSchedules: countSchedules(services),
});
