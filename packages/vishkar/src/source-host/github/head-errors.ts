/** When the head is not what was asked for: by somebody's push, or only in what GitHub shows until it has noticed ours. */
import { VishkarError } from '../../errors.js';

const LAG_MS = 5_000;

/** The error for a head that is not the one that was asked for. */
export function headMoved(branch: string, expected: string, found: string | undefined): VishkarError {
  return new VishkarError('HEAD_MOVED', `${branch} is at ${found ?? 'nothing'} now, not at ${expected}.`, {
    hint: 'What was reviewed and approved is another commit: the story goes back to review the new one.',
  });
}

/** GitHub does some things in the background and shows the old state until then. */
export function notReady(words: string): VishkarError {
  return new VishkarError('SOURCE_HOST_NOT_READY', `GitHub is not there yet: ${words}`, {
    hint: 'It is tried again by itself.',
    retryable: true,
    retryAfterMs: LAG_MS,
  });
}
