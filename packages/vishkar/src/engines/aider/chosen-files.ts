/**
 * Which files Aider gets at the start of a turn. It does not explore: a file whose content it should see and edit is
 * given to it, or added when the model names it. All files when they are few; else those that the task speaks of.
 */
import { lstat, open } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { git } from '../../git/git-command.js';

export interface CandidateFile {
  /** Relative to the worktree. */
  readonly path: string;
  readonly bytes: number;
}

/** A larger file is not given whole; nobody edits it by hand. */
const LARGEST_FILE_BYTES = 100_000;
/** Each is an argument of the program. */
const MOST_FILES = 400;
/** Written by tools, or not a matter of the story. */
const NEVER =
  /(^|\/)(package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|Cargo\.lock|poetry\.lock|uv\.lock|go\.sum)$|\.(min\.js|min\.css|map|svg|snap)$|^\.(reviews|vishkar)\//;

/** Paths to give, in the order of the worktree's list; at most `contextBytes` in all. */
export function chooseFiles(
  candidates: readonly CandidateFile[],
  task: string,
  contextBytes: number,
): readonly string[] {
  const fit = candidates.filter(({ path, bytes }) => bytes <= LARGEST_FILE_BYTES && !NEVER.test(path));
  const total = fit.reduce((sum, { bytes }) => sum + bytes, 0);
  if (total <= contextBytes && fit.length <= MOST_FILES) return fit.map(({ path }) => path);
  const score = mentionsIn(task, candidates);
  const ranked = fit
    .map((file) => ({ ...file, score: score(file.path) }))
    .filter((file) => file.score > 0)
    .sort((one, other) => other.score - one.score || one.bytes - other.bytes || (one.path < other.path ? -1 : 1));
  const chosen = new Set<string>();
  let used = 0;
  for (const { path, bytes } of ranked) {
    if (used + bytes > contextBytes || chosen.size === MOST_FILES) continue;
    chosen.add(path);
    used += bytes;
  }
  return fit.map(({ path }) => path).filter((path) => chosen.has(path));
}

/** How much a task speaks of a file: its path counts most, then its name, then its name without an ending. */
function mentionsIn(task: string, candidates: readonly CandidateFile[]): (path: string) => number {
  const paths = new Set(candidates.map(({ path }) => path));
  // The list of files in the task names them all, one a line: it says nothing of any.
  const lines = task.split('\n').filter((line) => !paths.has(line.trim().replace(/^[-*] /, '')));
  const words = new Map<string, number>();
  for (const word of lines.join('\n').match(/[\w./@-]+/g) ?? []) {
    const bare = word.replace(/^[./-]+|[.\-/]+$/g, '').toLowerCase();
    if (bare !== '') words.set(bare, (words.get(bare) ?? 0) + 1);
  }
  const count = (word: string) => words.get(word.replace(/^\.+/, '').toLowerCase()) ?? 0;
  return (path) => {
    const name = basename(path);
    const stem = basename(path, extname(path));
    const nameCount = name === path ? 0 : count(name);
    return 100 * count(path) + 10 * nameCount + (stem === name || stem.length < 4 ? 0 : count(stem));
  };
}

/** Text files of a worktree: those of git's list, and new ones that are not ignored. No links: they may lead outside. */
export async function listCandidates(worktree: string): Promise<readonly CandidateFile[]> {
  const { stdout } = await git(['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate'], {
    cwd: worktree,
  });
  const paths = stdout.split('\0').filter((path) => path !== '');
  const candidates: CandidateFile[] = [];
  for (const path of paths) {
    const stat = await lstat(join(worktree, path)).catch(() => undefined);
    // Deleted and not committed yet, or a repository inside this one.
    if (stat?.isFile() !== true) continue;
    if (stat.size <= LARGEST_FILE_BYTES && (await isText(join(worktree, path)))) {
      candidates.push({ path, bytes: stat.size });
    }
  }
  return candidates;
}

/** As git tells it: a file with a zero byte near its beginning is not text. */
async function isText(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(8_000), 0, 8_000, 0);
    return !buffer.subarray(0, bytesRead).includes(0);
  } finally {
    await file.close();
  }
}
