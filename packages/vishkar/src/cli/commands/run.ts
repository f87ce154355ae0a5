/**
 * `run`: drives a story to its merge and shows how it goes. Interrupted or killed, it goes on when it is called again: the
 * story lives in the service's database, not in this process.
 */
import { createHash } from 'node:crypto';
import { compareByPriority, isReady } from '../../domain/story.js';
import { openTracker } from '../../composition/create-story-tools.js';
import { followStory } from '../../client/follow-story.js';
import type { StoryClient } from '../../client/story-client.js';
import type { IssueTracker } from '../../issue-tracker/issue-tracker.js';
import type { StoryStatusView } from '../../workflows/story-messages.js';
import { VishkarError } from '../../errors.js';
import { askApproval } from '../ask-approval.js';
import { EXIT } from '../exit-codes.js';
import { interruptionSignal } from '../interruption.js';
import type { CommandContext } from '../command-context.js';
import { requireKey } from '../require-key.js';
import { withSession } from '../session.js';
import { progressLines } from '../story-progress.js';

export async function runCommand(
  { repository, output }: CommandContext,
  rawKey: string | undefined,
  options: { readonly story?: string },
): Promise<number> {
  const signal = interruptionSignal();
  return await withSession(repository, 'everything', async ({ project, client, access }) => {
    const key = await chooseStory(openTracker(project), client, rawKey, options.story);
    const { attached } = await client.start(key, project.name, project.config.story);
    output.progress(`${key}: ${attached ? 'goes on' : 'started'} on the Temporal service at ${access.address}`);
    let last: StoryStatusView | undefined;
    for await (const status of followStory(client, key, signal)) {
      for (const line of progressLines(last, status)) output.progress(line);
      const isNewQuestion = status.waiting?.for === 'approval' && last?.waiting?.for !== 'approval';
      last = status;
      if (isNewQuestion) await askApproval(client, project.repository, status, signal);
    }
    if (signal.aborted) {
      output.progress(`interrupted; "vishkar run ${key}" goes on`);
      return EXIT.interrupted;
    }
    const evidence = await client.evidence(key);
    output.result(endLines(last), { ...last, evidence });
    return last?.outcome === 'merged' ? EXIT.ok : EXIT.notMerged;
  });
}

/** The named story; a sentence filed as one; the one that is under way; else the highest-priority one that is ready. */
async function chooseStory(
  tracker: IssueTracker,
  client: StoryClient,
  rawKey: string | undefined,
  sentence: string | undefined,
): Promise<string> {
  if (rawKey !== undefined) {
    if (sentence !== undefined)
      throw new VishkarError('USAGE', 'A key and --story exclude each other.', { hint: 'Give one of them.' });
    const key = requireKey(rawKey);
    if (!(await client.isOpen(key))) await tracker.get(key);
    return key;
  }
  if (sentence !== undefined) {
    if (sentence.trim() === '')
      throw new VishkarError('USAGE', 'The story is empty.', { hint: 'Say what is to be done in a sentence.' });
    // The sentence names the story, so that the same call after a kill finds the one it filed.
    const marker = `vishkar:filed/${createHash('sha256').update(sentence).digest('hex').slice(0, 16)}`;
    const story = await tracker.create(
      {
        title: sentence.trim(),
        description: sentence.trim(),
        acceptanceCriteria: [sentence.trim()],
        priority: 'medium',
      },
      marker,
    );
    return story.key;
  }
  const underWay = (await client.list()).filter((story) => story.status === 'running');
  if (underWay[0] !== undefined) return underWay[0].key;
  const stories = await tracker.list();
  const isDone = (key: string) => stories.some((story) => story.key === key && story.status === 'done');
  const [top] = stories.filter((story) => isReady(story, isDone)).sort(compareByPriority);
  if (top !== undefined) return top.key;
  throw new VishkarError('NO_STORY_READY', 'No story of the backlog is ready.', {
    hint: 'File one with vishkar run --story "...", or set a story\'s status to "todo".',
  });
}

function endLines(last: StoryStatusView | undefined): readonly string[] {
  if (last === undefined) return ['the story is gone'];
  const pullRequest = last.pullRequest === null ? [] : [`pull request: ${last.pullRequest.url}`];
  return [`${last.key}: ${last.outcome ?? last.state}: ${last.reason}`, ...pullRequest];
}
