/** Step 1: reads the story, claims it in the tracker, and makes its branch and worktree from the base branch. */
import { effectMarker } from '../domain/marker.js';
import { requireUnfinished } from '../issue-tracker/transition-rules.js';
import { VishkarError } from '../errors.js';
import { defaultBranch } from '../git/remote.js';
import { headSha } from '../git/revisions.js';
import { storyBranch } from '../git/story-branch.js';
import { prepareWorktree } from '../git/worktree.js';
import type { ActivityBody } from './activity-server.js';
import { blockingCircle, openBlockers } from './open-blockers.js';
import { storyRemote } from './story-tools.js';
import type { StoryTools } from './story-tools.js';

export function selectTask(tools: StoryTools): ActivityBody<'select_task'> {
  return async ({ jira_key: key }, call) => {
    const found = await tools.tracker.get(key);
    requireUnfinished(found);
    const blockers = await openBlockers(tools, found);
    const circle = blockers.length > 0 ? await blockingCircle(tools, found) : undefined;
    if (circle !== undefined)
      throw new VishkarError(
        'STORY_BLOCKED_IN_CIRCLE',
        `${circle.join(' is blocked by ')}: none of them can begin before the other is done.`,
        { hint: 'Remove one of these links in the tracker; it goes on by itself then.' },
      );
    if (blockers.length > 0)
      throw new VishkarError('STORY_BLOCKED', `${key} is blocked by ${blockers.join('; ')}.`, {
        hint: 'It goes on by itself when nothing blocks it any more; or remove the link.',
      });
    call.report({ line: `preparing the worktree of ${key}` });
    const baseBranch =
      tools.baseBranch ?? (await defaultBranch({ repository: tools.repository, ...storyRemote(tools) }));
    const { worktree, branch, baseSha } = await prepareWorktree({
      repository: tools.repository,
      worktreesFolder: tools.folders.worktrees,
      storyKey: key,
      branch: storyBranch(key, found.title),
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
    // As it is after the claim: what a person does from now on shows as a difference to this.
    const story = await tools.tracker.get(key);
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
