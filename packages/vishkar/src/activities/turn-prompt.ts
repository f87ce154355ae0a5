/** The prompt of an engine's turn: what the step knows, with the repository's rules, approved lessons and an overview of the code. */
import { buildEnginePrompt } from '../engines/engine-prompt.js';
import type { EngineTurnTopic } from '../engines/engine-prompt.js';
import type { Guidance } from '../domain/guidance.js';
import type { Story } from '../domain/story.js';
import { gitText } from '../git/git-command.js';
import { headSha } from '../git/revisions.js';
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
  const story = storyText(turn.story);
  // Later turns are about places that are named to them.
  const isFirst = turn.kind === 'plan' || turn.kind === 'implement' || turn.kind === 'implement-tests';
  const excerpts = isFirst
    ? await tools.codebase.pack(worktree, await headSha(worktree), story, tools.contextTokens)
    : '';
  return buildEnginePrompt({
    ...turn,
    rules: await repositoryRules(worktree),
    lessons: await tools.lessons.approvedLines(worktree),
    codebase: fileOverview(paths, story, OVERVIEW_CHARACTERS),
    ...(excerpts === '' ? {} : { excerpts }),
  });
}

function storyText({ title, description, acceptanceCriteria }: Story): string {
  return [title, description, ...acceptanceCriteria.map(({ text }) => text)].join('\n');
}
