/**
 * Calls activities by their wire name with the effective policy of the story, and checks what comes back against the
 * contract. An output of another shape is a worker's fault that no retry mends: it fails closed and a person is asked.
 */
import { ActivityCancellationType, ApplicationFailure, proxyActivities } from '@temporalio/workflow';
import { ACTIVITY_CONTRACTS } from '../domain/activity-contracts.js';
import type { ActivityInput, ActivityOutput } from '../domain/activity-contracts.js';
import { effectivePolicy } from '../domain/activity-policy.js';
import type { StoryOptions } from '../domain/story-input.js';
import type { ActivityType } from '../domain/wire-names.js';

export async function callActivity<T extends ActivityType>(
  type: T,
  input: ActivityInput<T>,
  options: StoryOptions,
): Promise<ActivityOutput<T>> {
  const policy = effectivePolicy(type, options.activities[type]);
  const proxy = proxyActivities<Record<string, (argument: unknown) => Promise<unknown>>>({
    startToCloseTimeout: policy.startToCloseMs,
    heartbeatTimeout: policy.heartbeatMs,
    ...(policy.scheduleToStartMs === undefined ? {} : { scheduleToStartTimeout: policy.scheduleToStartMs }),
    ...(policy.taskQueue === undefined ? {} : { taskQueue: policy.taskQueue }),
    // Cleaning up may only begin when the engine is really gone.
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: {
      initialInterval: policy.initialIntervalMs,
      backoffCoefficient: policy.backoffCoefficient,
      maximumInterval: policy.maximumIntervalMs,
      maximumAttempts: policy.maximumAttempts,
    },
  });
  const activity = proxy[type];
  if (activity === undefined) throw ApplicationFailure.nonRetryable(`no activity type ${type}`, 'UNKNOWN_ACTIVITY');
  const output = ACTIVITY_CONTRACTS[type].output.safeParse(await activity(input));
  if (!output.success)
    throw ApplicationFailure.nonRetryable(
      `the worker's answer to ${type} does not fit its contract: ${output.error.issues
        .map((issue) => `${issue.path.join('.')}: ${issue.message}`)
        .join('; ')}`,
      'CONTRACT_VIOLATION',
    );
  return output.data as ActivityOutput<T>;
}
