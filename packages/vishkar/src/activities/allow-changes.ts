/** Commits exactly what was held back and a person has allowed, on the head that it was taken from. */
import { applyHeldPatch } from '../git/held-changes.js';
import { commitAll, findMarkedCommit, pushBranch } from '../git/checkpoint.js';
import { discardUncommitted } from '../git/uncommitted.js';
import type { ActivityBody } from './activity-server.js';
import { openWorktree } from './story-worktree.js';
import { storyRemote } from './story-tools.js';
import type { StoryTools } from './story-tools.js';

export function allowChanges(tools: StoryTools): ActivityBody<'allow_changes'> {
  return async ({ round, patch, paths, by, ...work }, call) => {
    const worktree = await openWorktree(tools, work, call.signal);
    const { key } = work.story;
    const trailers = {
      'Vishkar-Story': key,
      'Vishkar-Step': 'allowed-changes',
      'Vishkar-Round': String(round),
      'Vishkar-Allowed-By': by,
    };
    let sha = await findMarkedCommit(worktree, work.branch, trailers, work.headSha);
    if (sha === undefined) {
      // What an attempt before had applied would be in the way.
      await discardUncommitted(worktree, { branch: work.branch });
      const text = new TextDecoder().decode(await tools.artifacts.read(patch));
      await applyHeldPatch(worktree, work.headSha, text);
      const message = `${key}: changes of protected paths, allowed by a person\n\n${paths.map((path) => `- ${path}`).join('\n')}`;
      const request = { message, trailers, branch: work.branch, since: work.headSha, signal: call.signal };
      sha = await commitAll(worktree, request);
    }
    await pushBranch({ worktree, ...storyRemote(tools), branch: work.branch, signal: call.signal });
    return { headSha: sha ?? work.headSha, artifacts: [patch] };
  };
}
