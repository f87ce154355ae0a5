/**
 * Requests about schedules, checked, with the official service's texts. What CreateSchedule and UpdateSchedule have in
 * common, and what the rpcs on schedules stand on.
 */
import { InvalidArgumentError } from '../errors.js';
import type { IdGenerator } from '../history/id-generator.js';
import type { ServiceLimits } from '../history/limits.js';
import type { NamespaceLookup, SearchAttributeCatalog } from '../history/ports.js';
import { isNegativeDuration } from '../history/proto-time.js';
import { fillRetryPolicy, validateRetryPolicy } from '../history/retry.js';
import { requireTaskQueueName } from '../history/task-queue-name.js';
import type { Clock } from '../clock/clock.js';
import { temporalProto } from '../proto/root.js';
import type { temporal } from '../proto/root.js';
import type { ScheduleEngine } from '../schedules/schedule-engine.js';
import { filledSchedule } from '../schedules/schedule-state.js';
import type { FilledSchedule } from '../schedules/schedule-state.js';
import { CompiledSpec } from '../schedules/spec/compiled-spec.js';
import { InvalidSpecError } from '../schedules/spec/spec-error.js';
import type { Store } from '../persistence/store.js';
import type { VisibilityManager } from '../visibility/visibility-manager.js';
import { checkLength } from './request-checks.js';

type Schedule = temporal.api.schedule.v1.ISchedule;
type NewWorkflow = temporal.api.workflow.v1.INewWorkflowExecutionInfo;

/** What the rpcs on schedules stand on. */
export interface ScheduleServices {
  readonly schedules: ScheduleEngine;
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: IdGenerator;
  readonly namespaces: NamespaceLookup;
  readonly searchAttributes: SearchAttributeCatalog;
  readonly visibility: VisibilityManager;
  readonly limits: ServiceLimits;
}

const { WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE } = temporalProto.api.enums.v1.WorkflowIdReusePolicy;
const { TASK_QUEUE_KIND_NORMAL } = temporalProto.api.enums.v1.TaskQueueKind;
const { Schedule: ScheduleMessage } = temporalProto.api.schedule.v1;
/** What a workflow id will get behind it, in length. */
const TIME_SUFFIX = '-2009-11-10T23:00:00Z';

export interface CheckedSchedule {
  readonly schedule: FilledSchedule;
  readonly spec: CompiledSpec;
}

/** Throws InvalidArgumentError for a schedule that cannot be followed. */
export function checkSchedule(
  { searchAttributes: catalog, limits }: Pick<ScheduleServices, 'searchAttributes' | 'limits'>,
  namespaceId: string,
  asked: Schedule | null | undefined,
  searchAttributes: temporal.api.common.v1.ISearchAttributes | null | undefined,
): CheckedSchedule {
  const spec = compile(asked?.spec ?? {});
  catalog.validate(namespaceId, searchAttributes);
  const action = checkAction(catalog, namespaceId, asked?.action?.startWorkflow);
  const schedule = filledSchedule({ ...asked, spec: spec.canonical, action: action ? { startWorkflow: action } : {} });
  if (ScheduleMessage.encode(schedule).finish().length > limits.blobBytes) {
    throw new InvalidArgumentError('Blob data size exceeds limit.');
  }
  return { schedule, spec };
}

function compile(spec: temporal.api.schedule.v1.IScheduleSpec): CompiledSpec {
  try {
    return new CompiledSpec(spec);
  } catch (error) {
    if (!(error instanceof InvalidSpecError)) throw error;
    throw new InvalidArgumentError(`Invalid schedule spec: ${error.message}`);
  }
}

function checkAction(
  catalog: SearchAttributeCatalog,
  namespaceId: string,
  workflow: NewWorkflow | null | undefined,
): NewWorkflow | undefined {
  if (!workflow) return undefined;
  checkLength(`${workflow.workflowId ?? ''}${TIME_SUFFIX}`, 'WorkflowId');
  const workflowType = workflow.workflowType?.name ?? '';
  if (workflowType === '') throw new InvalidArgumentError('WorkflowType is not set on request.');
  checkLength(workflowType, 'WorkflowType');
  const taskQueue = requireTaskQueueName(workflow.taskQueue);
  for (const name of ['WorkflowExecutionTimeout', 'WorkflowRunTimeout', 'WorkflowTaskTimeout'] as const) {
    const timeout = workflow[`w${name.slice(1)}` as 'workflowExecutionTimeout'];
    if (!isNegativeDuration(timeout)) continue;
    throw new InvalidArgumentError(`An invalid ${name}Seconds is set on request. cause: negative duration`);
  }
  if (workflow.cronSchedule) throw new InvalidArgumentError('Scheduled workflow must not contain CronSchedule');
  const reuse = workflow.workflowIdReusePolicy ?? 0;
  if (reuse !== 0 && reuse !== WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE) {
    throw new InvalidArgumentError('Scheduled workflow must not contain WorkflowIDReusePolicy');
  }
  // The official service finds out at each start; a schedule that can start nothing helps nobody.
  if (workflow.retryPolicy) validateRetryPolicy(fillRetryPolicy(workflow.retryPolicy));
  catalog.validate(namespaceId, workflow.searchAttributes);
  return { ...workflow, taskQueue: { ...workflow.taskQueue, name: taskQueue, kind: TASK_QUEUE_KIND_NORMAL } };
}

const TOKEN_BYTES = 8;

export function encodeConflictToken(token: number): Uint8Array {
  const bytes = Buffer.alloc(TOKEN_BYTES);
  bytes.writeBigUInt64BE(BigInt(token));
  return bytes;
}

/** Undefined when the request has none. */
export function decodeConflictToken(bytes: Uint8Array | null | undefined): bigint | undefined {
  if (!bytes || bytes.length < TOKEN_BYTES) return undefined;
  return Buffer.from(bytes).readBigUInt64BE() || undefined;
}
