/**
 * How many tasks of a run a worker has, or could take this moment. What waits for the clock only (a timer, the backoff
 * before an activity's next attempt) is not work, so a clock may skip it.
 */
import { isDelayed } from './deadlines.js';
import { nexusCallsDue } from './nexus-operation.js';
import type { MutableState } from './mutable-state.js';

export function tasksInProgress(state: MutableState): number {
  if (!state.isRunning) return 0;
  let tasks = state.workflowTask === undefined ? 0 : 1;
  for (const activity of state.activities.values()) {
    const isInBackoff =
      activity.startedEventId === 0 && (activity.paused || (isDelayed(activity) && !activity.isDispatched));
    if (!isInBackoff) tasks += 1;
  }
  return tasks + nexusCallsDue(state).length;
}
