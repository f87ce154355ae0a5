/** Step 1: reads the story, claims it in the tracker, and makes its branch and worktree from the base branch. */
import { effectMarker } from '../domain/marker.js';
import { requireUnfinished } from '../issue-tracker/transition-rules.js';
import { VishkarError } from '../errors.js';
import { defaultBranch } from '../git/remote.js';
import { headSha } from '../git/revisions.js';
import { storyBranch } from '../git/story-branch.js';
import { prepareWorktree } from '../git/worktree.js';
import type { ActivityBody } from './activity-server.js';
import { storyRemote } from './story-tools.js';
import type { StoryTools } from './story-tools.js';

export function selectTask(tools: StoryTools): ActivityBody<'select_task'> {
  return async ({ jira_key: key }, call) => {
    const story = await tools.tracker.get(key);
    requireUnfinished(story);
    await refuseBlocked(tools, story.blockedBy, key);
    call.report({ line: `preparing the worktree of ${key}` });
    const baseBranch =
      tools.baseBranch ?? (await defaultBranch({ repository: tools.repository, ...storyRemote(tools) }));
    const { worktree, branch, baseSha } = await prepareWorktree({
      repository: tools.repository,
      worktreesFolder: tools.folders.worktrees,
      storyKey: key,
      branch: storyBranch(key, story.title),
      baseBranch,
      ...storyRemote(tools),
      moveToBase: true,
      signal: call.signal,
    });
    const transition = await tools.tracker.transition(key, 'in_progress', effectMarker(key, 'select', 1, 'transition'));
    const comment = await tools.tracker.comment(
      key,
      `Vishkar works on this story, on the branch \`${branch}\`.`,
      effectMarker(key, 'select', 1, 'claim'),
    );
    return {
      story,
      branch,
      baseBranch,
      baseSha,
      headSha: await headSha(worktree),
      transition,
      comment,
      artifacts: [await tools.artifacts.put('story', `${JSON.stringify(story, null, 2)}\n`, 'application/json')],
    };
  };
}

async function refuseBlocked(tools: StoryTools, blockedBy: readonly string[], key: string): Promise<void> {
  for (const other of blockedBy) {
    const { status } = await tools.tracker.get(other);
    if (status !== 'done' && status !== 'cancelled')
      throw new VishkarError('STORY_BLOCKED', `${key} is blocked by ${other}, which is ${status}.`, {
        hint: `Finish ${other} first, or remove the link.`,
      });
  }
}
