/**
 * A file of JSON lines that is added to while something runs, so that whoever comes after a SIGKILL or a power cut knows how far
 * it came. Lines that are added side by side come one after the other; a last line that was cut off is none.
 */
import { open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { z } from 'zod';
import { syncFolder } from './durable-file.js';

export class DurableLines {
  readonly #path: string;
  #before: Promise<void> = Promise.resolve();
  #isThere = false;

  /** The folder has to be there; the file is made with its first line. */
  constructor(path: string) {
    this.#path = path;
  }

  get isEmpty(): boolean {
    return !this.#isThere;
  }

  /** Comes back when the line is on the disk. */
  async add(line: object): Promise<void> {
    const written = this.#before.then(() => this.#append(`${JSON.stringify(line)}\n`));
    this.#before = written.catch(() => undefined);
    await written;
  }

  async #append(line: string): Promise<void> {
    const isFirst = !this.#isThere;
    this.#isThere = true;
    const file = await open(this.#path, 'a', 0o600);
    try {
      await file.appendFile(line);
      await file.datasync();
    } finally {
      await file.close();
    }
    if (isFirst) await syncFolder(dirname(this.#path));
  }
}

/** The lines of a file that fit the schema; none of a file that is not there. */
export async function readLines<T extends z.ZodType>(path: string, schema: T): Promise<z.output<T>[]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return text.split('\n').flatMap((line) => {
    const parsed = schema.safeParse(parse(line));
    return parsed.success ? [parsed.data] : [];
  });
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}
