/** The prompt of an engine's turn: what the step knows, with the repository's rules, approved lessons and an overview of the code. */
import { buildEnginePrompt } from '../engines/engine-prompt.js';
import type { EngineTurnTopic } from '../engines/engine-prompt.js';
import type { Guidance } from '../domain/guidance.js';
import type { Story } from '../domain/story.js';
import { gitText } from '../git/git-command.js';
import { repositoryRules } from './repository-rules.js';
import type { StoryTools } from './story-tools.js';

export async function turnPrompt(
  tools: StoryTools,
  worktree: string,
  turn: EngineTurnTopic & { readonly story: Story; readonly round: number; readonly guidance: readonly Guidance[] },
): Promise<string> {
  return buildEnginePrompt({
    ...turn,
    rules: await repositoryRules(worktree),
    lessons: await tools.lessons.approvedLines(worktree),
    codebase: await gitText(['ls-files'], { cwd: worktree }),
  });
}
