/**
 * What the repository says about how to work in it, for the engine's prompt: AGENTS.md and the like, at the root and in folders,
 * the contribution guide, .editorconfig. Only files that git tracks; a link is not followed, since it may lead out of the worktree.
 */
import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gitText } from '../git/git-command.js';

const RULE_FILE =
  /^(?:(?:.*\/)?(?:AGENTS|CLAUDE)\.md|(?:\.github\/|docs\/)?CONTRIBUTING\.md|\.editorconfig|\.github\/copilot-instructions\.md)$/;
const PATTERNS = ['AGENTS.md', 'CLAUDE.md', 'CONTRIBUTING.md', '.editorconfig', 'copilot-instructions.md'];

/** Characters of each file that reach a prompt: rules that need more are not read by anyone. */
const MAXIMUM_CHARACTERS = 16_000;
/** Characters of all of them: a repository with rules in every folder must not fill the prompt with them. */
const ALL_CHARACTERS = 64_000;

export interface RepositoryRule {
  readonly file: string;
  readonly text: string;
}

/** The root's first, then deeper folders, as far as they fit; the same text under two names once. */
export async function repositoryRules(worktree: string): Promise<readonly RepositoryRule[]> {
  const patterns = PATTERNS.flatMap((name) => [name, `:(glob)**/${name}`]);
  const tracked = (await gitText(['ls-files', '-z', '--', ...patterns], { cwd: worktree })).split('\0');
  const rules: RepositoryRule[] = [];
  let left = ALL_CHARACTERS;
  for (const file of [...new Set(tracked)].filter((path) => RULE_FILE.test(path)).sort(byDepth)) {
    const text = (await readRegularFile(join(worktree, file))).slice(0, MAXIMUM_CHARACTERS);
    if (text.trim() === '' || text.length > left || rules.some((rule) => rule.text === text)) continue;
    left -= text.length;
    rules.push({ file, text });
  }
  return rules;
}

async function readRegularFile(path: string): Promise<string> {
  try {
    return (await lstat(path)).isFile() ? await readFile(path, 'utf8') : '';
  } catch {
    // Tracked, but deleted by what the story has done so far.
    return '';
  }
}

function byDepth(a: string, b: string): number {
  const depth = (path: string) => path.replace(/^(?:\.github|docs)\//, '').split('/').length;
  return depth(a) - depth(b) || (a < b ? -1 : 1);
}
