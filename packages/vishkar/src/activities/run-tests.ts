/** Step 11: runs the whole suite at the head and reads its reports. */
import { mkdir } from 'node:fs/promises';
import { changedFiles, unifiedDiff } from '../git/diff.js';
import { isTestFile } from '../test-runs/test-file.js';
import type { ActivityBody } from './activity-server.js';
import { openWorktree, runFolder } from './story-worktree.js';
import type { StoryTools } from './story-tools.js';

export function runTests(tools: StoryTools): ActivityBody<'run_tests'> {
  return async ({ round, ...work }, call) => {
    const worktree = await openWorktree(tools, work, call.signal);
    const outputFolder = runFolder(tools, work.story.key, `tests-${String(round)}-${work.headSha.slice(0, 12)}`);
    await mkdir(outputFolder, { recursive: true });
    const { report, files } = await tools.runner.runTests({
      worktree,
      outputFolder,
      diff: await unifiedDiff({ folder: worktree, base: work.baseSha, head: work.headSha }),
      signal: call.signal,
      onProgress: (line) => {
        call.report({ line });
      },
    });
    const artifacts = [];
    for (const file of files) artifacts.push(await tools.artifacts.putFile(file.name, file.path, file.mediaType));
    const changed = await changedFiles({ folder: worktree, base: work.baseSha, head: work.headSha });
    const deletedTests = changed.filter(({ path, change }) => change === 'deleted' && isTestFile(path));
    return {
      headSha: work.headSha,
      report: { ...report, artifacts },
      deletedTests: deletedTests.map(({ path }) => path),
      artifacts,
    };
  };
}
