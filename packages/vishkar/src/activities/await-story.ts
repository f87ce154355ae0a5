/**
 * Looks at a story in its tracker: once, or until something has happened there. A wait is a row of attempts that fail with
 * "not yet": the service repeats them for weeks, through restarts, and the history grows by nothing.
 */
import { GUIDANCE_CHARACTERS } from '../domain/guidance.js';
import { VishkarError } from '../errors.js';
import { maskSecrets } from '../git/mask-secrets.js';
import type { ActivityBody } from './activity-server.js';
import { openBlockers } from './open-blockers.js';
import type { StoryTools } from './story-tools.js';

export function watchStory(tools: StoryTools): ActivityBody<'watch_story'> {
  return async ({ jira_key: key }) => {
    try {
      return { story: await tools.tracker.get(key) };
    } catch (error) {
      if (error instanceof VishkarError && error.code === 'STORY_NOT_FOUND') return { story: null };
      throw error;
    }
  };
}

export function awaitStory(tools: StoryTools): ActivityBody<'await_story'> {
  return async (input) => {
    const { jira_key: key, question, otherThanRevision, otherThanStatus, unblocked } = input;
    if (question !== undefined) {
      const [reply] = await tools.tracker.repliesTo(key, question);
      if (reply !== undefined) {
        const text = maskSecrets(reply.body).slice(0, GUIDANCE_CHARACTERS);
        return { reply: { by: reply.author || 'somebody', at: reply.at, text } };
      }
    }
    if (otherThanRevision !== undefined || otherThanStatus !== undefined) {
      const { revision, status } = await tools.tracker.get(key);
      const isOther =
        (otherThanRevision !== undefined && revision !== otherThanRevision) ||
        (otherThanStatus !== undefined && status !== otherThanStatus);
      if (isOther) return { reply: null };
    }
    if (unblocked === true && (await openBlockers(tools, await tools.tracker.get(key))).length === 0)
      return { reply: null };
    throw new VishkarError('STORY_UNCHANGED', `Nothing has happened to ${key} in the tracker yet.`, {
      hint: 'It is looked at again by itself.',
      retryable: true,
      isExpected: true,
    });
  };
}
