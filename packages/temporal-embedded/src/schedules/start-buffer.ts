/**
 * What becomes of the starts that are due, by their overlap policies: which ones happen now, which wait, which are
 * skipped, and whether what runs is to be stopped for them. Pure.
 *
 * | policy          | nothing runs | one runs                                        |
 * |-----------------|--------------|-------------------------------------------------|
 * | skip            | start        | drop                                            |
 * | buffer one      | start        | wait, if nothing waits yet                      |
 * | buffer all      | start        | wait                                            |
 * | cancel other    | start        | ask it to cancel, wait                          |
 * | terminate other | start        | terminate it, wait                              |
 * | allow all       | start        | start                                           |
 *
 * "Runs" includes the one that has just been decided on, but that one is not stopped: the later start takes its place.
 */
import { temporalProto } from '../proto/root.js';
import type { BufferedStart } from './schedule-state.js';

export const OverlapPolicy = temporalProto.api.enums.v1.ScheduleOverlapPolicy;

export interface BufferDecision {
  /** Those that may run side by side with anything. */
  readonly overlapping: readonly BufferedStart[];
  /** The one that runs alone, if it is time for one. */
  readonly single: BufferedStart | undefined;
  readonly waiting: readonly BufferedStart[];
  readonly skipped: number;
  readonly stopsRunning: 'no' | 'cancel' | 'terminate';
}

/** `resolve` gives the policy of a start that names none. */
export function decideStarts(
  buffer: readonly BufferedStart[],
  isRunning: boolean,
  resolve: (policy: number) => number,
): BufferDecision {
  const overlapping: BufferedStart[] = [];
  const waiting: BufferedStart[] = [];
  let single: BufferedStart | undefined;
  let skipped = 0;
  let cancels = false;
  let terminates = false;
  for (const start of buffer) {
    const policy = resolve(start.overlapPolicy);
    if (policy === OverlapPolicy.SCHEDULE_OVERLAP_POLICY_ALLOW_ALL) {
      overlapping.push(start);
    } else if (!isRunning && single === undefined) {
      single = start;
    } else if (policy === OverlapPolicy.SCHEDULE_OVERLAP_POLICY_BUFFER_ALL) {
      waiting.push(start);
    } else if (policy === OverlapPolicy.SCHEDULE_OVERLAP_POLICY_BUFFER_ONE && waiting.length === 0) {
      waiting.push(start);
    } else if (stopsOthers(policy)) {
      if (isRunning) {
        waiting.push(start);
        if (policy === OverlapPolicy.SCHEDULE_OVERLAP_POLICY_CANCEL_OTHER) cancels = true;
        else terminates = true;
      } else {
        single = start;
      }
    } else {
      skipped += 1;
    }
  }
  const stopsRunning = terminates ? 'terminate' : cancels ? 'cancel' : 'no';
  // What would be stopped in the next moment is not worth starting.
  return { overlapping: stopsRunning === 'no' ? overlapping : [], single, waiting, skipped, stopsRunning };
}

const stopsOthers = (policy: number): boolean =>
  policy === OverlapPolicy.SCHEDULE_OVERLAP_POLICY_CANCEL_OTHER ||
  policy === OverlapPolicy.SCHEDULE_OVERLAP_POLICY_TERMINATE_OTHER;
