/** Step 14: the engine addresses the open threads; each gets one answer with the commit, and is resolved when something changed. */
import { effectMarker } from '../domain/marker.js';
import type { ActivityBody } from './activity-server.js';
import { takeEngineTurn } from './engine-turn.js';
import type { StoryTools } from './story-tools.js';
import { turnPrompt } from './turn-prompt.js';

export function addressPrFeedback(tools: StoryTools): ActivityBody<'address_pr_feedback'> {
  return async ({ round, number, threads, ...work }, call) => {
    const { key } = work.story;
    const { worktree: _worktree, ...turn } = await takeEngineTurn(
      tools,
      {
        work,
        kind: 'address-review',
        round,
        message: `${key}: address ${String(threads.length)} review threads`,
        prompt: (worktree) =>
          turnPrompt(tools, worktree, {
            kind: 'address-review',
            round,
            story: work.story,
            guidance: work.guidance,
            threads,
          }),
      },
      call,
    );
    const commit = turn.outcome === 'edited' ? turn.headSha : '';
    for (const thread of threads)
      await tools.sourceHost.replyToThread(
        {
          number,
          threadId: thread.id,
          body: commit === '' ? `Nothing was changed: ${turn.detail}` : `Addressed in ${commit}.`,
          resolve: commit !== '',
        },
        effectMarker(key, 'pr.feedback', round, thread.id),
      );
    return { ...turn, threads: Object.fromEntries(threads.map((thread) => [thread.id, commit])) };
  };
}
