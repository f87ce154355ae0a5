/**
 * Timeouts and retries of every activity, in one table. Config may override each number per activity type.
 * Heartbeats come from the activity wrapper every few seconds, so a killed worker is noticed within `heartbeatMs`.
 */
import type { ActivityPolicy } from './story-input.js';
import type { ActivityType } from './wire-names.js';

export interface EffectivePolicy {
  readonly startToCloseMs: number;
  readonly heartbeatMs: number;
  readonly initialIntervalMs: number;
  readonly backoffCoefficient: number;
  readonly maximumIntervalMs: number;
  readonly maximumAttempts: number;
  /** Undefined: waits for a worker as long as it takes. */
  readonly scheduleToStartMs?: number;
  /** Undefined: the story's own task queue. */
  readonly taskQueue?: string;
}

const MINUTE_MS = 60_000;

/** A worker that is killed is missed after this long; six of the wrapper's heartbeats. */
const HEARTBEAT_MS = 12_000;

const policy = (startToCloseMinutes: number, maximumAttempts: number): EffectivePolicy => ({
  startToCloseMs: startToCloseMinutes * MINUTE_MS,
  heartbeatMs: HEARTBEAT_MS,
  initialIntervalMs: 1_000,
  backoffCoefficient: 2,
  maximumIntervalMs: 5 * MINUTE_MS,
  maximumAttempts,
});

/**
 * Attempts are for trouble that passes by itself (a crash, a lock, a network). Waiting for people, quotas or checks
 * is done by durable timers in the workflow and spends none. 20 covers a laptop that is closed and opened all day.
 */
export const ACTIVITY_POLICIES: Readonly<Record<ActivityType, EffectivePolicy>> = Object.freeze({
  select_task: policy(5, 20),
  plan_implementation: policy(60, 20),
  execute_implementation: policy(120, 20),
  architecture_review: policy(30, 20),
  security_review: policy(30, 20),
  quality_review: policy(30, 20),
  techstack_review: policy(30, 20),
  settle_findings: policy(5, 20),
  fix_issues: policy(60, 20),
  allow_changes: policy(5, 20),
  store_feedback: policy(5, 20),
  verify_story: policy(30, 20),
  design_tests: policy(10, 20),
  implement_tests: policy(60, 20),
  // Up to four runs of the suite: one, one again for what may be flaky, one without the change.
  run_tests: policy(60, 20),
  mutate_change: policy(120, 20),
  fix_tests: policy(60, 20),
  create_pr: policy(5, 20),
  review_pr: policy(10, 20),
  address_pr_feedback: policy(60, 20),
  check_ci: policy(60, 20),
  rerun_checks: policy(5, 20),
  fix_ci: policy(60, 20),
  watch_pr: policy(2, 20),
  watch_story: policy(2, 20),
  ask_in_tracker: policy(2, 20),
  await_story: {
    ...policy(2, Number.POSITIVE_INFINITY),
    // Each attempt is one look at the tracker; a long wait looks at it less and less often.
    initialIntervalMs: 30_000,
    backoffCoefficient: 1.5,
    maximumIntervalMs: 30 * MINUTE_MS,
  },
  notify_person: policy(2, 20),
  enqueue_pr: policy(5, 20),
  close_story: policy(10, 20),
  stop_story: policy(10, 20),
});

export function effectivePolicy(type: ActivityType, override: ActivityPolicy | undefined): EffectivePolicy {
  const given = Object.fromEntries(Object.entries(override ?? {}).filter(([, value]) => value !== undefined));
  return { ...ACTIVITY_POLICIES[type], ...given };
}
