/**
 * `run`: drives a story to its merge and shows how it goes. Interrupted or killed, it goes on when it is called again: the
 * story lives in the service's database, not in this process.
 */
import { createHash } from 'node:crypto';
import { compareByPriority, isReady } from '../../domain/story.js';
import type { Story } from '../../domain/story.js';
import { openTracker } from '../../composition/open-tracker.js';
import { followStory } from '../../client/follow-story.js';
import type { StoryClient } from '../../client/story-client.js';
import type { IssueTracker } from '../../issue-tracker/issue-tracker.js';
import { requireUnfinished } from '../../issue-tracker/transition-rules.js';
import type { StoryStatusView } from '../../workflows/story-messages.js';
import { VishkarError } from '../../errors.js';
import { askApproval } from '../ask-approval.js';
import { EXIT } from '../exit-codes.js';
import { interruptionSignal } from '../interruption.js';
import type { CommandContext } from '../command-context.js';
import type { Output } from '../output.js';
import { requireKey } from '../require-key.js';
import { withSession } from '../session.js';
import type { Session } from '../session.js';
import { isServiceGone } from '../../service/temporal-access.js';
import { progressLines } from '../story-progress.js';

export async function runCommand(
  { repository, output }: CommandContext,
  rawKey: string | undefined,
  options: { readonly story?: string },
): Promise<number> {
  const signal = interruptionSignal();
  for (let chosen: string | undefined; ;)
    try {
      return await withSession(repository, 'everything', async (session) => {
        const { key, isEnded } = await chooseStory(
          session,
          chosen ?? rawKey,
          chosen === undefined ? options.story : '',
        );
        chosen = key;
        return await drive(session, key, isEnded, output, signal);
      });
    } catch (error) {
      // Another process served it and has ended: from here on this one does.
      if (chosen === undefined || !(error instanceof VishkarError) || error.code !== 'SERVICE_GONE') throw error;
      output.progress(`${chosen}: the process that served it has ended; this one takes over`);
    }
}

async function drive(
  { project, client, access }: Session,
  key: string,
  isEnded: boolean,
  output: Output,
  signal: AbortSignal,
): Promise<number> {
  if (isEnded) output.progress(`${key}: has ended already`);
  else {
    const { attached } = await client.start(key, project.name, project.config.story);
    output.progress(`${key}: ${attached ? 'goes on' : 'started'} on the Temporal service at ${access.address}`);
  }
  let last: StoryStatusView | undefined;
  for await (const status of followStory(client, key, signal, () => isServiceGone(project, access))) {
    for (const line of progressLines(last, status)) output.progress(line);
    const isNewQuestion = status.waiting?.for === 'approval' && last?.waiting?.for !== 'approval';
    last = status;
    if (isNewQuestion) await askApproval(client, project.repository, status, signal);
  }
  if (signal.aborted) {
    output.progress(`interrupted; "vishkar run ${key}" goes on`);
    output.result([], { key, ...last, interrupted: true });
    return EXIT.interrupted;
  }
  const evidence = await client.evidence(key);
  output.result(endLines(last), { ...last, evidence });
  return last?.outcome === 'merged' ? EXIT.ok : EXIT.notMerged;
}

interface ChosenStory {
  readonly key: string;
  /** It was merged before: there is nothing to do but to show its end. */
  readonly isEnded: boolean;
}

/** The named story; a sentence filed as one; the one that is under way; else the highest-priority one that is ready. */
async function chooseStory(
  { project, client }: Session,
  rawKey: string | undefined,
  sentence: string | undefined,
): Promise<ChosenStory> {
  const tracker = openTracker(project);
  if (rawKey !== undefined) {
    if (sentence !== undefined && sentence !== '')
      throw new VishkarError('USAGE', 'A key and --story exclude each other.', { hint: 'Give one of them.' });
    const key = requireKey(rawKey);
    return (await client.isOpen(key)) ? { key, isEnded: false } : await openOrMerged(client, await tracker.get(key));
  }
  if (sentence !== undefined) return await openOrMerged(client, await fileStory(tracker, sentence));
  const underWay = (await client.list()).filter((story) => story.status === 'running');
  if (underWay[0] !== undefined) return { key: underWay[0].key, isEnded: false };
  const stories = await tracker.list();
  const isDone = (key: string) => stories.some((story) => story.key === key && story.status === 'done');
  const [top] = stories.filter((story) => isReady(story, isDone)).sort(compareByPriority);
  if (top !== undefined) return { key: top.key, isEnded: false };
  throw new VishkarError('NO_STORY_READY', 'No story of the backlog is ready.', {
    hint: 'File one with vishkar run --story "...", or set a story\'s status to "todo".',
  });
}

async function fileStory(tracker: IssueTracker, sentence: string): Promise<Story> {
  const text = sentence.trim();
  if (text === '')
    throw new VishkarError('USAGE', 'The story is empty.', { hint: 'Say what is to be done in a sentence.' });
  // The sentence names the story, so that the same call after a kill finds the one it filed.
  const marker = `vishkar:filed/${createHash('sha256').update(sentence).digest('hex').slice(0, 16)}`;
  return await tracker.create(
    { title: text, description: text, acceptanceCriteria: [text], priority: 'medium' },
    marker,
  );
}

/** A story that we merged is shown again, as when a call was cut off at its end; one that was finished elsewhere is refused. */
async function openOrMerged(client: StoryClient, story: Story): Promise<ChosenStory> {
  const { key, status } = story;
  if (await client.isOpen(key)) return { key, isEnded: false };
  const isOurs = status === 'done' && (await client.list()).some((each) => each.key === key);
  if (isOurs && (await client.status(key)).outcome === 'merged') return { key, isEnded: true };
  requireUnfinished(story);
  return { key, isEnded: false };
}

function endLines(last: StoryStatusView | undefined): readonly string[] {
  if (last === undefined) return ['the story is gone'];
  const pullRequest = last.pullRequest === null ? [] : [`pull request: ${last.pullRequest.url}`];
  return [`${last.key}: ${last.outcome ?? last.state}: ${last.reason}`, ...pullRequest];
}
