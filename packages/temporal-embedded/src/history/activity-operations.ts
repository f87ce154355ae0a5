/**
 * What is asked of a run's activities from outside, by an rpc or a batch operation: one transition for all activities
 * that are meant.
 */
import { InvalidArgumentError } from '../errors.js';
import type { google, temporal } from '../proto/root.js';
import {
  pauseActivity,
  resetActivity,
  restoreActivityOptions,
  selectActivities,
  unpauseActivity,
  updateActivityOptions,
} from './activity-control.js';
import type { ActivitySelection } from './activity-control.js';
import type { HistoryEngine } from './history-engine.js';
import { msFromDuration } from './proto-time.js';
import type { RunContext } from './run-context.js';

type ActivityOptions = temporal.api.activity.v1.IActivityOptions;

/** Fields of requests, as clients set or leave them out. */
interface Jittered {
  readonly jitter?: google.protobuf.IDuration | null;
  readonly resetHeartbeat?: boolean | null;
}

export function pauseActivities(
  engine: HistoryEngine,
  context: RunContext,
  selection: ActivitySelection,
  { identity, reason }: { readonly identity?: string | null; readonly reason?: string | null },
): void {
  engine.transact(context, (tx) => {
    for (const activity of selectActivities(tx, selection)) pauseActivity(tx, activity, identity ?? '', reason ?? '');
  });
}

export function unpauseActivities(
  engine: HistoryEngine,
  context: RunContext,
  selection: ActivitySelection,
  request: Jittered & { readonly resetAttempts?: boolean | null },
): void {
  engine.transact(context, (tx) => {
    for (const activity of selectActivities(tx, selection)) {
      unpauseActivity(tx, activity, {
        resetAttempts: request.resetAttempts ?? false,
        resetHeartbeat: request.resetHeartbeat ?? false,
        delayMs: delayWithin(request.jitter),
      });
    }
  });
}

export function resetActivities(
  engine: HistoryEngine,
  context: RunContext,
  selection: ActivitySelection,
  request: Jittered & { readonly keepPaused?: boolean | null; readonly restoreOriginalOptions?: boolean | null },
): void {
  engine.transact(context, (tx) => {
    for (const activity of selectActivities(tx, selection)) {
      resetActivity(tx, activity, {
        resetHeartbeat: request.resetHeartbeat ?? false,
        keepPaused: request.keepPaused ?? false,
        delayMs: delayWithin(request.jitter),
        original: request.restoreOriginalOptions
          ? engine.readActivityScheduled(context, activity.scheduledEventId)
          : undefined,
      });
    }
  });
}

/** Returns the options of the last activity that is meant. Throws InvalidArgumentError. */
export function changeActivityOptions(
  engine: HistoryEngine,
  context: RunContext,
  selection: ActivitySelection,
  request: {
    readonly activityOptions?: ActivityOptions | null;
    readonly updateMask?: google.protobuf.IFieldMask | null;
    readonly restoreOriginal?: boolean | null;
  },
): ActivityOptions | null {
  const mask = maskPaths(request.updateMask);
  if (request.restoreOriginal && mask.size > 0) {
    throw new InvalidArgumentError('Both UpdateMask and RestoreOriginal are provided');
  }
  return engine.transact(
    context,
    (tx) => {
      let options: ActivityOptions | null = null;
      const { activityOptions: changes } = request;
      if (!request.restoreOriginal && !changes) throw new InvalidArgumentError('ActivityOptions are not provided');
      for (const activity of selectActivities(tx, selection)) {
        if (request.restoreOriginal) {
          options = restoreActivityOptions(
            tx,
            activity,
            engine.readActivityScheduled(context, activity.scheduledEventId),
          );
          continue;
        }
        if (!request.updateMask) throw new InvalidArgumentError('UpdateMask is not provided');
        options = updateActivityOptions(tx, activity, changes ?? {}, mask);
      }
      return options;
    },
    { mayFail: true },
  );
}

/** A moment somewhere within the jitter, so that many activities do not begin at once. */
function delayWithin(jitter: google.protobuf.IDuration | null | undefined): number {
  return Math.floor(Math.random() * msFromDuration(jitter));
}

/** The paths of a mask in lowerCamelCase, in which clients may or may not have written them. */
function maskPaths(mask: google.protobuf.IFieldMask | null | undefined): ReadonlySet<string> {
  const camel = (path: string): string => path.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase());
  return new Set((mask?.paths ?? []).map(camel));
}
