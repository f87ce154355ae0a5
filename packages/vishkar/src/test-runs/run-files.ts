/**
 * The files that a test run leaves, read with suspicion: one that lay there before the run proves nothing, and one
 * that is too big to be a report is not read into memory.
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { VishkarError } from '../errors.js';

const MAXIMUM_BYTES = 64 * 1024 * 1024;

/** One file, or, for tools that write a file per class or module, all files of a folder whose relative path matches. */
export type FileSet = { readonly path: string } | { readonly folder: string; readonly pattern: RegExp };

export interface RunFile {
  readonly path: string;
  readonly text: string;
}

/** Remembers a set of files before the run; afterwards only what the run wrote counts. */
export class ExpectedFiles {
  private constructor(
    readonly set: FileSet,
    readonly before: ReadonlyMap<string, string>,
  ) {}

  static async of(set: FileSet): Promise<ExpectedFiles> {
    return new ExpectedFiles(set, await identities(set));
  }

  /** Full paths of the files that the run wrote, in order. */
  async written(): Promise<readonly string[]> {
    const now = await identities(this.set);
    return [...now].flatMap(([path, identity]) => (this.before.get(path) === identity ? [] : [path])).sort();
  }

  /** What the run wrote; empty when it wrote nothing. Throws VishkarError `TEST_REPORT_TOO_BIG`. */
  async read(): Promise<readonly RunFile[]> {
    let left = MAXIMUM_BYTES;
    const files: RunFile[] = [];
    for (const path of await this.written()) {
      const { size } = await stat(path);
      left -= size;
      if (left < 0)
        throw new VishkarError(
          'TEST_REPORT_TOO_BIG',
          `${path} has ${String(size)} bytes; at most ${String(MAXIMUM_BYTES)} are read of one run.`,
          { hint: 'Let the tests print less into the report, or split the suite.' },
        );
      files.push({ path, text: await readFile(path, 'utf8') });
    }
    return files;
  }
}

async function identities(set: FileSet): Promise<ReadonlyMap<string, string>> {
  const paths = 'path' in set ? [set.path] : await matching(set.folder, set.pattern);
  const found = await Promise.all(paths.map(async (path) => [path, await identity(path)] as const));
  return new Map(found.flatMap(([path, identity]) => (identity === undefined ? [] : [[path, identity]])));
}

/** Folders that hold others' files by the ten thousand, and never a report. */
const NOT_SEARCHED = new Set(['.git', 'node_modules', '.gradle', '.venv', 'venv']);

async function matching(root: string, pattern: RegExp, below = ''): Promise<string[]> {
  // Not there, which is the usual case before a run.
  const entries = await readdir(join(root, below), { withFileTypes: true }).catch(() => []);
  const found = await Promise.all(
    entries.map(async (entry) => {
      const path = join(below, entry.name);
      if (entry.isDirectory()) return NOT_SEARCHED.has(entry.name) ? [] : await matching(root, pattern, path);
      return entry.isFile() && pattern.test(path.split(sep).join('/')) ? [join(root, path)] : [];
    }),
  );
  return found.flat();
}

async function identity(path: string): Promise<string | undefined> {
  try {
    const { ino, mtimeNs, size } = await stat(path, { bigint: true });
    return `${String(ino)}:${String(mtimeNs)}:${String(size)}`;
  } catch {
    // Not there, which is the usual case before a run.
    return undefined;
  }
}
