/**
 * What a tool found at the base of a change, kept by tool and commit: the base of many stories and rounds is one and the same. On disk where a
 * folder is given, so that it outlives the worker; a commit never changes, so nothing in it grows old.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeFileDurably } from '../../durable-file.js';

const keptSchema = z.array(z.string());

export class BaselineCache {
  readonly #folder: string | undefined;
  readonly #kept = new Map<string, Promise<readonly string[]>>();

  /** `folder`: absolute, made on demand. */
  constructor(folder?: string) {
    this.#folder = folder;
  }

  /** What `find` found for this tool and commit, now or before. A failure is not kept. */
  async of(tool: string, commit: string, find: () => Promise<readonly string[]>): Promise<ReadonlySet<string>> {
    const key = createHash('sha256').update(`${tool}\n${commit}`).digest('hex');
    const known = this.#kept.get(key) ?? this.#load(key, find);
    this.#kept.set(key, known);
    try {
      return new Set(await known);
    } catch (error) {
      this.#kept.delete(key);
      throw error;
    }
  }

  async #load(key: string, find: () => Promise<readonly string[]>): Promise<readonly string[]> {
    if (this.#folder === undefined) return await find();
    const path = join(this.#folder, `${key}.json`);
    const kept = keptSchema.safeParse(await readFile(path, 'utf8').then(JSON.parse, () => undefined));
    if (kept.success) return kept.data;
    const found = await find();
    await mkdir(this.#folder, { recursive: true });
    await writeFileDurably(path, JSON.stringify(found));
    return found;
  }
}
