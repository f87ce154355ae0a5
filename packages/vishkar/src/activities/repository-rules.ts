/** What the repository says about how to work in it (AGENTS.md and the like), for the engine's prompt. */
import { readInWorktree } from '../git/worktree-content.js';

const RULE_FILES = ['AGENTS.md', 'CLAUDE.md', 'CONTRIBUTING.md'] as const;

/** Characters of each file that reach a prompt: rules that need more are not read by anyone. */
const MAXIMUM_CHARACTERS = 16_000;

export async function repositoryRules(
  worktree: string,
): Promise<readonly { readonly file: string; readonly text: string }[]> {
  const rules: { file: string; text: string }[] = [];
  for (const file of RULE_FILES) {
    const text = (await readInWorktree(worktree, file)) ?? '';
    if (text.trim() !== '') rules.push({ file, text: text.slice(0, MAXIMUM_CHARACTERS) });
  }
  return rules;
}
