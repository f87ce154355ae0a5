/** A story key from the command line, checked before anything is started for it. */
import { storyKeySchema } from '../domain/story.js';
import { VishkarError } from '../errors.js';

/** Throws VishkarError `USAGE`. */
export function requireKey(key: string | undefined): string {
  const parsed = storyKeySchema.safeParse(key);
  if (parsed.success) return parsed.data;
  throw new VishkarError('USAGE', `"${key ?? ''}" is not a story key.`, {
    hint: 'Story keys look like DEMO-1; "vishkar list" shows those under way.',
  });
}
