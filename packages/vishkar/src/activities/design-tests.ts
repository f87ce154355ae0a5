/** Step 9: derives the test cases from the acceptance criteria and commits them as data. */
import { commitAll, pushBranch } from '../git/checkpoint.js';
import { writeInWorktree } from '../git/worktree-content.js';
import { designCases } from '../test-runs/design-cases.js';
import type { ActivityBody } from './activity-server.js';
import { openWorktree } from './story-worktree.js';
import { storyRemote } from './story-tools.js';
import type { StoryTools } from './story-tools.js';

export function designTests(tools: StoryTools): ActivityBody<'design_tests'> {
  return async (work, call) => {
    const worktree = await openWorktree(tools, work, call.signal);
    const { key } = work.story;
    const path = `tests/cases/${key}.json`;
    const file = designCases(work.story);
    await writeInWorktree(worktree, path, `${JSON.stringify(file, null, 2)}\n`);
    const sha = await commitAll(worktree, {
      message: `${key}: test cases`,
      trailers: { 'Vishkar-Story': key, 'Vishkar-Step': 'test.design', 'Vishkar-Round': '1' },
      branch: work.branch,
      since: work.headSha,
      signal: call.signal,
    });
    await pushBranch({ worktree, ...storyRemote(tools), branch: work.branch, signal: call.signal });
    return {
      headSha: sha ?? work.headSha,
      path,
      file,
      artifacts: [await tools.artifacts.put('test-cases', JSON.stringify(file, null, 2), 'application/json')],
    };
  };
}
