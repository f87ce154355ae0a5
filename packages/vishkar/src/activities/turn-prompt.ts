/** The prompt of an engine's turn: what the step knows, with the repository's rules, approved lessons and an overview of the code. */
import { buildEnginePrompt } from '../engines/engine-prompt.js';
import type { EngineTurnTopic } from '../engines/engine-prompt.js';
import type { Guidance } from '../domain/guidance.js';
import type { Story } from '../domain/story.js';
import { gitText } from '../git/git-command.js';
import { fileOverview } from './file-overview.js';
import { repositoryRules } from './repository-rules.js';
import type { StoryTools } from './story-tools.js';

/** Below what a prompt takes of an overview, so that it is never cut a second time. */
const OVERVIEW_CHARACTERS = 100_000;

export async function turnPrompt(
  tools: StoryTools,
  worktree: string,
  turn: EngineTurnTopic & { readonly story: Story; readonly round: number; readonly guidance: readonly Guidance[] },
): Promise<string> {
  const paths = (await gitText(['ls-files', '-z'], { cwd: worktree })).split('\0').filter((path) => path !== '');
  return buildEnginePrompt({
    ...turn,
    rules: await repositoryRules(worktree),
    lessons: await tools.lessons.approvedLines(worktree),
    codebase: fileOverview(paths, storyText(turn.story), OVERVIEW_CHARACTERS),
  });
}

function storyText({ title, description, acceptanceCriteria }: Story): string {
  return [title, description, ...acceptanceCriteria.map(({ text }) => text)].join('\n');
}
