/**
 * The files that a test run leaves, read with suspicion: one that lay there before the run proves nothing, and one
 * that is too big to be a report is not read into memory.
 */
import { readFile, stat } from 'node:fs/promises';
import { VishkarError } from '../errors.js';

const MAXIMUM_BYTES = 64 * 1024 * 1024;

/** Remembers a path before the run; `read` returns what the run wrote there, undefined when it wrote nothing. */
export class ExpectedFile {
  private constructor(
    readonly path: string,
    readonly before: string | undefined,
  ) {}

  static async at(path: string): Promise<ExpectedFile> {
    return new ExpectedFile(path, await identity(path));
  }

  /** Throws VishkarError `TEST_REPORT_TOO_BIG`. */
  async read(): Promise<string | undefined> {
    if (!(await this.isWritten())) return undefined;
    const { size } = await stat(this.path);
    if (size > MAXIMUM_BYTES)
      throw new VishkarError(
        'TEST_REPORT_TOO_BIG',
        `${this.path} has ${String(size)} bytes; at most ${String(MAXIMUM_BYTES)} are read.`,
        { hint: 'Let the tests print less into the report, or split the suite.' },
      );
    return readFile(this.path, 'utf8');
  }

  /** True when the run wrote the file. */
  async isWritten(): Promise<boolean> {
    const now = await identity(this.path);
    return now !== undefined && now !== this.before;
  }
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
