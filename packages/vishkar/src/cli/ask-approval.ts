/** Asks on the terminal whether the head may be merged; without a terminal the story just waits for `vishkar approve`. */
import { createInterface } from 'node:readline/promises';
import type { StoryClient } from '../client/story-client.js';
import { VishkarError } from '../errors.js';
import type { StoryStatusView } from '../workflows/story-messages.js';
import { whoDecides } from './who.js';

export async function askApproval(
  client: StoryClient,
  repository: string,
  status: StoryStatusView,
  signal: AbortSignal,
): Promise<void> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return;
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await prompt.question(
      `Merge ${status.headSha.slice(0, 12)}? [y = approve, n = reject, Enter = decide later] `,
      { signal },
    );
    const by = await whoDecides(undefined, repository);
    const { headSha } = status;
    if (/^y(es)?$/i.test(answer.trim())) await client.approve(status.key, { by, comment: '', headSha });
    else if (/^no?$/i.test(answer.trim()))
      await client.reject(status.key, { by, reason: 'rejected on the terminal', headSha });
  } catch (error) {
    // Interrupted while asking, or somebody decided elsewhere meanwhile: the story knows better than this prompt.
    if (!signal.aborted && !(error instanceof VishkarError)) throw error;
  } finally {
    prompt.close();
  }
}
