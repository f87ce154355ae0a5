/**
 * Puts a question of a parked story into its tracker, once. What is asked may hold text of an engine or of the tracker: it
 * stands in a block of its own, where it can mention and format nothing.
 */
import { stepOf } from '../domain/step.js';
import { maskSecrets } from '../git/mask-secrets.js';
import type { ActivityBody } from './activity-server.js';
import type { StoryTools } from './story-tools.js';

/** A tracker is no place for a whole log. */
const QUESTION_CHARACTERS = 4_000;

export function askInTracker(tools: StoryTools): ActivityBody<'ask_in_tracker'> {
  return async ({ jira_key: key, step, question, options, marker }) => {
    const { number, title } = stepOf(step);
    const text = maskSecrets(question).slice(0, QUESTION_CHARACTERS).replaceAll('```', "'''");
    const choices = options.filter((each) => each !== 'retry').join(' or ');
    const body = [
      `Vishkar waits for a person at step ${String(number)}, ${title}:`,
      `\`\`\`text\n${text}\n\`\`\``,
      'Answer in a comment below. The first one lets it go on, and is told to the coding engine as advice.',
      `A comment decides nothing else: to ${choices} it, use \`vishkar answer ${key} <choice> --reason "..."\`.`,
    ].join('\n\n');
    return { comment: await tools.tracker.comment(key, body, marker) };
  };
}
