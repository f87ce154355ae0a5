/**
 * The one boundary between an activity and the port calls inside it: checks the input against its contract, heartbeats
 * while the body runs, turns VishkarErrors into (non-)retryable failures, and checks the output. Bodies know no Temporal.
 */
import { activityInfo, ApplicationFailure, Context, getClient, heartbeat } from '@temporalio/activity';
import { ApplicationFailureCategory } from '@temporalio/common';
import { ACTIVITY_CONTRACTS } from '../domain/activity-contracts.js';
import type { ActivityInput, ActivityOutput } from '../domain/activity-contracts.js';
import type { Guidance } from '../domain/guidance.js';
import { QUERIES } from '../domain/wire-names.js';
import type { ActivityType } from '../domain/wire-names.js';
import { VishkarError } from '../errors.js';
import { hideIn, hideInError } from './hidden-secrets.js';

/** What a running activity tells about itself with each heartbeat; kept by the service, given to the next attempt. */
export interface Progress {
  readonly line: string;
  readonly sessionId?: string;
  readonly bytes?: number;
  readonly toolCalls?: number;
}

export interface ActivityCall {
  readonly signal: AbortSignal;
  readonly attempt: number;
  /** Names this attempt among all of all stories, the same however often it is asked: `<run id>/<activity id>/<attempt>`. */
  readonly marker: string;
  /** Progress of the attempt before this one, when it was cut off. */
  readonly before: Progress | undefined;
  readonly report: (progress: Progress) => void;
  /** How often progress reaches the service at most. */
  readonly heartbeatIntervalMs: number;
  /** What people have said to the story so far, as it knows it now. */
  readonly guidance: () => Promise<readonly Guidance[]>;
}

/** A third of the time after which a silent worker is given up at most: two may be lost on the way. */
const HEARTBEAT_EVERY_MS = 2_000;
/** The SDK holds heartbeats back for this part of the timeout, and a minute at most (`maxHeartbeatThrottleInterval`). */
const HELD_BACK = 0.8;
const HELD_BACK_AT_MOST_MS = 60_000;

export type ActivityBody<T extends ActivityType> = (
  input: Parsed<T>,
  call: ActivityCall,
) => Promise<Omit<ActivityOutput<T>, 'attempt' | 'by'>>;

type Parsed<T extends ActivityType> = ReturnType<(typeof ACTIVITY_CONTRACTS)[T]['input']['parse']>;

/**
 * The registered form of an activity. `by` is the worker's identity, as it will stand in the evidence; `hide` takes the project's secrets
 * out of a text.
 */
export function serveActivity<T extends ActivityType>(
  type: T,
  by: string,
  body: ActivityBody<T>,
  hide: (text: string) => string = (text) => text,
): (input: ActivityInput<T>) => Promise<ActivityOutput<T>> {
  return async (rawInput) => {
    const input = ACTIVITY_CONTRACTS[type].input.safeParse(rawInput);
    if (!input.success)
      throw ApplicationFailure.nonRetryable(
        `the input of ${type} is not valid: ${input.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')}`,
        'INVALID_INPUT',
      );
    const { attempt, heartbeatDetails, heartbeatTimeoutMs = 0, activityId, workflowExecution } = activityInfo();
    let progress = heartbeatDetails as Progress | undefined;
    const before = progress;
    const report = (latest: Progress) => {
      progress = hideIn(latest, hide);
    };
    const timer = setInterval(() => {
      heartbeat(progress);
    }, HEARTBEAT_EVERY_MS);
    heartbeat(progress);
    try {
      const output = await body(input.data as Parsed<T>, {
        signal: Context.current().cancellationSignal,
        attempt,
        marker: `${workflowExecution?.runId ?? 'none'}/${activityId}/${String(attempt)}`,
        before,
        report,
        heartbeatIntervalMs: Math.max(
          Math.min(heartbeatTimeoutMs * HELD_BACK, HELD_BACK_AT_MOST_MS),
          HEARTBEAT_EVERY_MS,
        ),
        guidance: async () => {
          if (workflowExecution === undefined) return [];
          const { workflowId, runId } = workflowExecution;
          return await getClient().workflow.getHandle(workflowId, runId).query<readonly Guidance[]>(QUERIES.guidance);
        },
      });
      return { ...hideIn(output, hide), attempt, by } as ActivityOutput<T>;
    } catch (error) {
      throw hideInError(toFailure(error, Context.current().cancellationSignal, hide), hide);
    } finally {
      clearInterval(timer);
    }
  };
}

function toFailure(error: unknown, signal: AbortSignal, hide: (text: string) => string): unknown {
  if (signal.aborted) return signal.reason;
  if (!(error instanceof VishkarError)) return error;
  return ApplicationFailure.create({
    message: `${error.message} (${error.hint})`,
    type: error.code,
    nonRetryable: !error.retryable,
    ...(error.retryAfterMs === undefined ? {} : { nextRetryDelay: error.retryAfterMs }),
    ...(error.isExpected ? { category: ApplicationFailureCategory.BENIGN } : {}),
    ...(error.details === undefined ? {} : { details: [hideIn(error.details, hide)] }),
    cause: error,
  });
}
