/**
 * Which moves of a story Vishkar may make from where it finds it. A person may move a story at any time; what they
 * decided (done, cancelled, put back to do) is never overwritten by a step that no longer makes sense.
 *
 *   to \ from     todo  in_progress  in_review  blocked  done  cancelled
 *   todo           =        x            x         x       -       -
 *   in_progress    x        =            x         x       -       -
 *   in_review      -        x            =         x       -       -
 *   blocked        x        x            x         =       -       -
 *   done           x        x            x         x       =       -        (merged is merged, also when it was put back)
 *   cancelled      x        x            x         x       -       =
 *
 *   x move    = there already    - refused: STORY_MOVED_AWAY
 */
import type { Story, StoryStatus } from '../domain/story.js';
import { VishkarError } from '../errors.js';

const ALLOWED_FROM: Readonly<Record<StoryStatus, readonly StoryStatus[]>> = {
  todo: ['in_progress', 'in_review', 'blocked'],
  in_progress: ['todo', 'in_review', 'blocked'],
  in_review: ['in_progress', 'blocked'],
  blocked: ['todo', 'in_progress', 'in_review'],
  done: ['todo', 'in_progress', 'in_review', 'blocked'],
  cancelled: ['todo', 'in_progress', 'in_review', 'blocked'],
};

/** Whether the story has to be moved; false when it is there. Throws VishkarError `STORY_MOVED_AWAY` per the table above. */
export function requireMove(key: string, from: StoryStatus, to: StoryStatus): boolean {
  if (from === to) return false;
  if (ALLOWED_FROM[to].includes(from)) return true;
  throw new VishkarError('STORY_MOVED_AWAY', `${key} is "${from}" in the tracker now, so it is not moved to "${to}".`, {
    hint: `Somebody moved it. Set it back to a state from which "${to}" makes sense if the story is to go on.`,
  });
}

/** Throws VishkarError `STORY_ALREADY_DONE`, `STORY_CANCELLED`: a person would have to open it again first. */
export function requireUnfinished({ key, status, url }: Story): void {
  if (status !== 'done' && status !== 'cancelled') return;
  throw new VishkarError(status === 'done' ? 'STORY_ALREADY_DONE' : 'STORY_CANCELLED', `${key} is ${status}.`, {
    hint: `Set its status back to "todo" in ${url} if there is more to do.`,
  });
}
