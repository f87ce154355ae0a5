/** Step 11: runs the whole suite at the head, reads its reports, and looks at what shows the story's criteria. */
import { mkdir } from 'node:fs/promises';
import { changedFiles, unifiedDiff } from '../git/diff.js';
import { isTestFile } from '../test-runs/test-file.js';
import type { ActivityBody } from './activity-server.js';
import { proveCases } from './case-proof.js';
import { openWorktree, runFolder } from './story-worktree.js';
import type { StoryTools } from './story-tools.js';

export function runTests(tools: StoryTools): ActivityBody<'run_tests'> {
  return async ({ round, cases, reruns, withoutChange, ...work }, call) => {
    const worktree = await openWorktree(tools, work, call.signal);
    const outputFolder = runFolder(tools, work.story.key, `tests-${String(round)}-${work.headSha.slice(0, 12)}`);
    await mkdir(outputFolder, { recursive: true });
    const options = {
      worktree,
      outputFolder,
      signal: call.signal,
      onProgress: (line: string) => {
        call.report({ line });
      },
    };
    const diff = await unifiedDiff({ folder: worktree, base: work.baseSha, head: work.headSha });
    const run = await tools.runner.runTests({ ...options, diff, ...(reruns !== undefined && { reruns }) });
    const artifacts = [];
    for (const file of run.files) artifacts.push(await tools.artifacts.putFile(file.name, file.path, file.mediaType));
    const changed = await changedFiles({ folder: worktree, base: work.baseSha, head: work.headSha });
    const deletedTests = changed.filter(({ path, change }) => change === 'deleted' && isTestFile(path));
    const shown =
      cases === undefined || run.tests === undefined
        ? undefined
        : await proveCases(tools, { work, cases, run, triesWithoutChange: withoutChange ?? false }, options);
    return {
      headSha: work.headSha,
      report: { ...run.report, artifacts },
      deletedTests: deletedTests.map(({ path }) => path),
      notes: [...(run.notes ?? [])],
      ...(shown !== undefined && {
        shown: {
          results: [...shown.results],
          demonstrations: [...shown.demonstrations],
          problems: [...shown.problems],
        },
      }),
      artifacts,
    };
  };
}
