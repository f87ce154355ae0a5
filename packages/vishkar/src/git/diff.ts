/**
 * Diffs of a story: the text that reviews read, and the list of changed files.
 * Settings that would change the text (colours, prefixes, external drivers) are overridden, so that `parseDiff` can rely on it.
 */
import { git } from './git-command.js';

export interface DiffRange {
  /** Worktree or bare repository. */
  readonly folder: string;
  /** The diff starts where `head` left `base` (three dots). */
  readonly base: string;
  /** Default `HEAD`. */
  readonly head?: string;
}

export interface ChangedFile {
  /** Path at the head; for a deleted file its path before. */
  readonly path: string;
  readonly change: 'added' | 'modified' | 'deleted' | 'renamed';
  /** Set for a rename. */
  readonly oldPath?: string;
}

const STABLE_DIFF = [
  '-O/dev/null',
  '--no-color',
  '--no-ext-diff',
  '--no-textconv',
  '--find-renames=50%',
  '-l1000',
  '--submodule=short',
  '--diff-algorithm=myers',
];
const STABLE_TEXT = [
  '-p',
  '--unified=3',
  '--inter-hunk-context=0',
  '--src-prefix=a/',
  '--dst-prefix=b/',
  '--full-index',
  '--no-indent-heuristic',
];

/** Unified diff base...head as text. Bytes that are not UTF-8 become the replacement character. */
export async function unifiedDiff(range: DiffRange): Promise<string> {
  const { stdout } = await git(
    ['diff', ...STABLE_DIFF, ...STABLE_TEXT, `${range.base}...${range.head ?? 'HEAD'}`, '--'],
    {
      cwd: range.folder,
    },
  );
  return stdout;
}

/** Unified diff between two commits as they are, whatever lies between them. */
export async function diffBetween(range: {
  readonly folder: string;
  readonly from: string;
  readonly to: string;
}): Promise<string> {
  const { stdout } = await git(['diff', ...STABLE_DIFF, ...STABLE_TEXT, range.from, range.to, '--'], {
    cwd: range.folder,
  });
  return stdout;
}

const CHANGES: Readonly<Record<string, ChangedFile['change']>> = { A: 'added', C: 'added', D: 'deleted', R: 'renamed' };

/** Files that differ between base...head, in git's order. */
export async function changedFiles(range: DiffRange): Promise<readonly ChangedFile[]> {
  const { stdout } = await git(
    ['diff', ...STABLE_DIFF, '--name-status', '-z', `${range.base}...${range.head ?? 'HEAD'}`, '--'],
    { cwd: range.folder },
  );
  const fields = stdout.split('\0');
  const files: ChangedFile[] = [];
  // NUL-separated: status, path; for a rename: status, old path, new path.
  for (let index = 0; index + 1 < fields.length;) {
    const change = CHANGES[(fields[index] ?? '').charAt(0)] ?? 'modified';
    const first = fields[index + 1] ?? '';
    if (change === 'renamed') {
      files.push({ path: fields[index + 2] ?? '', change, oldPath: first });
      index += 3;
    } else {
      files.push({ path: first, change });
      index += 2;
    }
  }
  return files;
}
