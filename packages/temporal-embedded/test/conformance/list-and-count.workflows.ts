/** Workflows of list-and-count.test.ts. */
import { ApplicationFailure, condition, defineSignal, setHandler } from '@temporalio/workflow';

/** Ends at once. */
export async function finish(): Promise<void> {
  // Nothing to do.
}

/** Fails at once. */
export async function fail(): Promise<void> {
  throw ApplicationFailure.nonRetryable('meant to fail');
}

/** Ends when it is told to. */
export async function waitForRelease(): Promise<void> {
  let released = false;
  setHandler(defineSignal('release'), () => void (released = true));
  await condition(() => released);
}
