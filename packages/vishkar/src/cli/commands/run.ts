/**
 * `run`: drives a story to its merge and shows how it goes. Interrupted or killed, it goes on when it is called again: the
 * story lives in the service's database, not in this process.
 */
import { openTracker } from '../../composition/open-tracker.js';
import { followStory } from '../../client/follow-story.js';
import type { StoryStatusView } from '../../workflows/story-messages.js';
import { VishkarError } from '../../errors.js';
import { askApproval } from '../ask-approval.js';
import { chooseStory } from '../choose-story.js';
import { EXIT } from '../exit-codes.js';
import { interruptionSignal } from '../interruption.js';
import type { CommandContext } from '../command-context.js';
import type { Output } from '../output.js';
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
          { client: session.client, openTracker: () => openTracker(session.project) },
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

function endLines(last: StoryStatusView | undefined): readonly string[] {
  if (last === undefined) return ['the story is gone'];
  const pullRequest = last.pullRequest === null ? [] : [`pull request: ${last.pullRequest.url}`];
  return [`${last.key}: ${last.outcome ?? last.state}: ${last.reason}`, ...pullRequest];
}
