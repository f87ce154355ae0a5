/** Step 11, where it is asked for: small faults in the changed lines, and which of them no test notices. */
import { mkdir } from 'node:fs/promises';
import { unifiedDiff } from '../git/diff.js';
import { parseDiff } from '../git/parse-diff.js';
import { inAlteredWorktree } from '../git/without-change.js';
import { tryMutants } from '../test-runs/mutation/try-mutants.js';
import type { ActivityBody } from './activity-server.js';
import { openWorktree, runFolder } from './story-worktree.js';
import type { StoryTools } from './story-tools.js';

export function mutateChange(tools: StoryTools): ActivityBody<'mutate_change'> {
  return async ({ round, rule, ...work }, call) => {
    const worktree = await openWorktree(tools, work, call.signal);
    const outputFolder = runFolder(tools, work.story.key, `mutation-${String(round)}-${work.headSha.slice(0, 12)}`);
    await mkdir(outputFolder, { recursive: true });
    const diff = parseDiff(await unifiedDiff({ folder: worktree, base: work.baseSha, head: work.headSha }));
    const options = {
      worktree,
      outputFolder,
      signal: call.signal,
      onProgress: (line: string) => {
        call.report({ line });
      },
    };
    const mutation = await inAlteredWorktree(worktree, () => tryMutants(tools.runner, diff, rule, options));
    const report = JSON.stringify(mutation, null, 2);
    return {
      headSha: work.headSha,
      mutation: { ...mutation, survivors: mutation.survivors.slice(0, 100) },
      artifacts: [await tools.artifacts.put('mutation', report, 'application/json')],
    };
  };
}
