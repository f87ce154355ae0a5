/** Step 8: runs the project's own install, build, lint and smoke commands at the head. */
import { mkdir } from 'node:fs/promises';
import type { CommandResult } from '../domain/test-report.js';
import type { ActivityBody } from './activity-server.js';
import { openWorktree, runFolder } from './story-worktree.js';
import type { StoryTools } from './story-tools.js';

const EXPECTED = ['build', 'lint', 'smoke'] as const;

export function verifyStory(tools: StoryTools): ActivityBody<'verify_story'> {
  return async ({ round, ...work }, call) => {
    const worktree = await openWorktree(tools, work, call.signal);
    const outputFolder = runFolder(tools, work.story.key, `verify-${String(round)}-${work.headSha.slice(0, 12)}`);
    await mkdir(outputFolder, { recursive: true });
    const commands = await tools.runner.commands(worktree);
    const results: CommandResult[] = [];
    for (const command of commands) {
      call.report({ line: `${command.name}: ${command.argv.join(' ')}` });
      const { logPath, ...result } = await tools.runner.runCommand(command, {
        worktree,
        outputFolder,
        signal: call.signal,
        onProgress: (line) => {
          call.report({ line: `${command.name}: ${line}` });
        },
      });
      results.push({ ...result, log: await tools.artifacts.putFile(`${command.name}-log`, logPath, 'text/plain') });
      // Nothing after a failed install can say anything about the story.
      if (command.name === 'install' && result.exitCode !== 0) break;
    }
    return {
      headSha: work.headSha,
      commands: results,
      absent: EXPECTED.filter((name) => !commands.some((command) => command.name === name)),
      criteria: work.story.acceptanceCriteria.map(({ id }) => ({
        id,
        shownBy: 'a test case of step 9, written in step 10 and run in step 11',
      })),
      artifacts: results.flatMap((result) => (result.log === undefined ? [] : [result.log])),
    };
  };
}
