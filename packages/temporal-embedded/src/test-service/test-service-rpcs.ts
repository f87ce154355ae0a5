/**
 * TestService: how a test steers the clock of a time-skipping service. One handler per rpc; all the rules are in
 * `SkippingClock`, here requests become calls of it and waits become answers.
 */
import { NotLockedError } from '../clock/skipping-clock.js';
import type { SkippingClock } from '../clock/skipping-clock.js';
import { FailedPreconditionError } from '../errors.js';
import { msFromDuration, msFromTimestamp, timestampFromMs } from '../history/proto-time.js';
import type { temporal } from '../proto/root.js';
import type { RpcHandler } from '../frontend/rpc-handler.js';
import type { RpcTable } from '../frontend/rpc-table.js';

type Empty = Record<string, never>;
type SleepRequest = temporal.api.testservice.v1.ISleepRequest;
type SleepUntilRequest = temporal.api.testservice.v1.ISleepUntilRequest;
type CurrentTime = temporal.api.testservice.v1.IGetCurrentTimeResponse;

/** Time flows from now on, for as long as any lock is held. */
export const lockTimeSkipping =
  (clock: SkippingClock): RpcHandler<Empty, object> =>
  () => {
    clock.lock();
    return {};
  };

/** Gives one lock back. */
export const unlockTimeSkipping =
  (clock: SkippingClock): RpcHandler<Empty, object> =>
  () => {
    unlock(clock);
    return {};
  };

/** Answers when that much time has passed on the service's clock, skipped or not. */
export const sleep =
  (clock: SkippingClock): RpcHandler<SleepRequest, object> =>
  async (request, call) => {
    await passTime(clock, clock.nowMs() + msFromDuration(request.duration), call.signal);
    return {};
  };

/** Answers when the service's clock has reached that time; at once when it is past. */
export const sleepUntil =
  (clock: SkippingClock): RpcHandler<SleepUntilRequest, object> =>
  async (request, call) => {
    await passTime(clock, msFromTimestamp(request.timestamp) ?? 0, call.signal);
    return {};
  };

/** Gives one lock back for the time of a sleep, and takes it again at the very instant at which the sleep ends. */
export const unlockTimeSkippingWithSleep =
  (clock: SkippingClock): RpcHandler<SleepRequest, object> =>
  async (request, call) => {
    const untilMs = clock.nowMs() + msFromDuration(request.duration);
    unlock(clock);
    await passTime(clock, untilMs, call.signal, () => clock.lock());
    return {};
  };

export const getCurrentTime =
  (clock: SkippingClock): RpcHandler<Empty, CurrentTime> =>
  () => ({ time: timestampFromMs(clock.nowMs()) });

function unlock(clock: SkippingClock): void {
  try {
    clock.unlock();
  } catch (error) {
    throw error instanceof NotLockedError ? new FailedPreconditionError(error.message) : error;
  }
}

/** Resolves at `untilMs` on the service's clock; `atEnd` runs in the same instant, also when the call is given up. */
function passTime(clock: SkippingClock, untilMs: number, signal: AbortSignal, atEnd?: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => {
      timer.cancel();
      atEnd?.();
      reject(signal.reason instanceof Error ? signal.reason : new Error('The call was cancelled.'));
    };
    const timer = clock.wakeAt(untilMs, () => {
      signal.removeEventListener('abort', giveUp);
      atEnd?.();
      resolve();
    });
    if (signal.aborted) giveUp();
    else signal.addEventListener('abort', giveUp, { once: true });
  });
}

/** The handlers of TestService over one clock. */
export const testServiceRpcs = (clock: SkippingClock): RpcTable => ({
  LockTimeSkipping: lockTimeSkipping(clock),
  UnlockTimeSkipping: unlockTimeSkipping(clock),
  Sleep: sleep(clock),
  SleepUntil: sleepUntil(clock),
  UnlockTimeSkippingWithSleep: unlockTimeSkippingWithSleep(clock),
  GetCurrentTime: getCurrentTime(clock),
});
