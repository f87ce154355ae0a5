/**
 * Follows a story until it ends: yields its status whenever something in it changed. A service or worker that is away
 * for a while (killed, restarting) is waited for; the story itself is not in this process and loses nothing.
 * Throws VishkarError `SERVICE_GONE` only when the caller knows that it does not come back, or another has taken its address.
 */
import type { StoryStatusView } from '../workflows/story-messages.js';
import type { StoryClient } from './story-client.js';
import { VishkarError } from '../errors.js';

const POLL_MS = 300;

export async function* followStory(
  client: StoryClient,
  key: string,
  signal: AbortSignal,
  /** Asked whenever the service does not answer; true: it will not come back. Default: it is waited for. */
  isServiceGone: () => Promise<boolean> = () => Promise.resolve(false),
): AsyncGenerator<StoryStatusView> {
  let shown = '';
  for (;;) {
    if (signal.aborted) return;
    const isOpen = await attempt(async () => {
      if (!(await client.isOurService())) throw serviceGone(key);
      return await client.isOpen(key);
    });
    const status = isOpen === undefined ? undefined : await attempt(() => client.status(key));
    if (status !== undefined) {
      const text = JSON.stringify(status);
      if (text !== shown) {
        shown = text;
        yield status;
      }
      // Asked for after `isOpen`, so a closed story's status is its last.
      if (isOpen === false) return;
    } else if (await isServiceGone()) {
      throw serviceGone(key);
    }
    await pause(POLL_MS, signal);
  }
}

function serviceGone(key: string): VishkarError {
  return new VishkarError('SERVICE_GONE', `The Temporal service that serves ${key} has ended.`, {
    hint: `"vishkar run ${key}" starts one and goes on; nothing is lost.`,
    retryable: true,
  });
}

/** Undefined when the service could not answer just now; a clear "there is none" is thrown. */
async function attempt<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof VishkarError) throw error;
    return undefined;
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done() {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done, { once: true });
  });
}
