/** `list`: all stories that the service knows, newest first, and what is left in the backlog. */
import { isReady } from '../../domain/story.js';
import { openTracker } from '../../composition/open-tracker.js';
import { EXIT } from '../exit-codes.js';
import type { CommandContext } from '../command-context.js';
import { withSession } from '../session.js';

export async function listCommand({ repository, output }: CommandContext): Promise<number> {
  return await withSession(repository, 'answers', async ({ project, client }) => {
    const stories = await client.list();
    const tracker = openTracker(project);
    const backlog = await tracker.list();
    const problems = (await tracker.problems()).map(({ code, message, hint }) => ({ code, message, hint }));
    const isDone = (key: string) => backlog.some((story) => story.key === key && story.status === 'done');
    const ready = backlog.filter((story) => isReady(story, isDone));
    const lines = [
      ...stories.map(
        (story) => `${story.key.padEnd(12)} ${story.status.padEnd(10)} ${story.state.padEnd(18)} ${story.step}`,
      ),
      ...(stories.length === 0 ? ['no story has been started'] : []),
      ...ready.map((story) => `${story.key.padEnd(12)} ready      ${story.priority.padEnd(18)} ${story.title}`),
    ];
    for (const { message } of problems) output.progress(`left out: ${message}`);
    output.result(lines, { stories, ready, problems });
    return EXIT.ok;
  });
}
