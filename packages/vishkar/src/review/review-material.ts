/**
 * What panelists look at: the diff as data and the changed files as they are at the head and were at the base. Read once
 * per review, from git objects and not from the worktree, so that nothing that runs beside changes what is judged.
 */
import { git } from '../git/git-command.js';
import { readTexts } from '../git/read-texts.js';
import { parseDiff } from '../git/parse-diff.js';
import type { DiffFile } from '../git/parse-diff.js';
import type { ReviewSubject } from './angle-reviewer.js';

export type MaterialRange = Pick<ReviewSubject, 'worktree' | 'baseSha' | 'headSha' | 'diff'>;

export interface MaterialFile {
  readonly path: string;
  /** Content at the head; undefined for a deleted or binary file. */
  readonly text: string | undefined;
  readonly diff: DiffFile;
}

export interface ReviewMaterial {
  /** The worktree at the head, for tools that need files. */
  readonly worktree: string;
  readonly baseSha: string;
  readonly headSha: string;
  readonly files: readonly MaterialFile[];
  /** Content of any file at the head, changed or not. */
  read(path: string): Promise<string | undefined>;
  /** Content of many text files at the head, by path, with LF. */
  readAll(paths: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Content of a changed file at the base; undefined for a new or binary one. */
  readBase(file: MaterialFile): Promise<string | undefined>;
  /** Paths of all files at the head. */
  paths(): Promise<readonly string[]>;
  /** Paths of all files at the base, and the content of any of them. */
  basePaths(): Promise<readonly string[]>;
  readAtBase(path: string): Promise<string | undefined>;
}

/** Larger files are generated or data; no panelist reads them. */
const MAXIMUM_CHARACTERS = 1_000_000;

/** Git processes at a time. */
const AT_ONCE = 4;

export async function openMaterial({ worktree, baseSha, headSha, diff }: MaterialRange): Promise<ReviewMaterial> {
  const show = async (revision: string, path: string) => {
    const { stdout, exitCode } = await git(['show', `${revision}:${path}`], {
      cwd: worktree,
      acceptedExitCodes: [0, 128],
    });
    return exitCode === 0 && stdout.length <= MAXIMUM_CHARACTERS ? stdout : undefined;
  };
  const files: MaterialFile[] = [];
  const changes = parseDiff(diff);
  for (let start = 0; start < changes.length; start += AT_ONCE) {
    const opened = changes.slice(start, start + AT_ONCE).map(async (change): Promise<MaterialFile> => {
      const isText = !change.isBinary && change.change !== 'deleted';
      return { path: change.path, diff: change, text: isText ? await show(headSha, change.path) : undefined };
    });
    files.push(...(await Promise.all(opened)));
  }
  const pathsAt = async (revision: string) => {
    const { stdout } = await git(['ls-tree', '-r', '-z', '--name-only', revision], { cwd: worktree });
    return stdout.split('\0').filter((path) => path !== '');
  };
  return {
    ...{ worktree, baseSha, headSha, files },
    read: (path) => show(headSha, path),
    readAll: (paths) => readTexts(worktree, headSha, paths),
    readBase: async ({ diff: { isBinary, change, oldPath, path } }) =>
      isBinary || change === 'added' ? undefined : await show(baseSha, oldPath ?? path),
    paths: () => pathsAt(headSha),
    basePaths: () => pathsAt(baseSha),
    readAtBase: (path) => show(baseSha, path),
  };
}
