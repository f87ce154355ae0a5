/**
 * Pull requests as files in the bare repository: `vishkar/pull-requests/<n>/<revision>.json`, the highest revision counts.
 *
 * A revision file is made whole or not at all and never replaced, so making revision n+1 is a compare-and-swap over
 * processes: of two writers one gets EEXIST and works on what the other wrote. There is no lock to be left behind.
 * `<n>.md` beside it is a page for people, drawn from the latest revision.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createFileDurably, writeFileDurably } from '../../durable-file.js';
import { VishkarError } from '../../errors.js';
import { renderPage } from './pull-request-page.js';
import { pullRequestRecordSchema } from './pull-request-record.js';
import type { PullRequestRecord } from './pull-request-record.js';

interface Revision {
  readonly revision: number;
  readonly record: PullRequestRecord;
}

/** Reads and changes the records of one bare repository. */
export class PullRequestStore {
  readonly #folder: string;

  /** @param remote Absolute path of the bare repository. */
  constructor(remote: string) {
    this.#folder = join(remote, 'vishkar', 'pull-requests');
  }

  /** Path of the page that shows a pull request to people. */
  pagePath(number: number): string {
    return join(this.#folder, `${number}.md`);
  }

  /** All pull requests by number. */
  async all(): Promise<readonly PullRequestRecord[]> {
    const numbers = (await listNames(this.#folder)).flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));
    const latest = await Promise.all(numbers.sort((a, b) => a - b).map((number) => this.#latest(number)));
    return latest.flatMap((each) => (each === undefined ? [] : [each.record]));
  }

  /** Throws VishkarError `PULL_REQUEST_NOT_FOUND`. */
  async get(number: number): Promise<PullRequestRecord> {
    return (await this.#require(number)).record;
  }

  /** Stores a new pull request under its number; false when another process took the number first. */
  async create(record: PullRequestRecord): Promise<boolean> {
    const isFirst = await createFileDurably(this.#revisionPath(record.number, 1), encode(record));
    if (isFirst) await this.#drawPage(record.number);
    return isFirst;
  }

  /**
   * Applies a pure change to the latest revision and returns the result; a change that returns its argument writes
   * nothing. It is applied again when another process wrote in between.
   */
  async update(number: number, change: (record: PullRequestRecord) => PullRequestRecord): Promise<PullRequestRecord> {
    for (;;) {
      const { revision, record } = await this.#require(number);
      const changed = change(record);
      if (changed === record) return record;
      if (await createFileDurably(this.#revisionPath(number, revision + 1), encode(changed))) {
        await this.#drawPage(number);
        return changed;
      }
    }
  }

  /** Of several writers the last one to draw has seen the latest revision. */
  async #drawPage(number: number): Promise<void> {
    let drawn: number | undefined;
    for (;;) {
      const { revision, record } = await this.#require(number);
      if (revision === drawn) return;
      await writeFileDurably(this.pagePath(number), renderPage(record));
      drawn = revision;
    }
  }

  async #require(number: number): Promise<Revision> {
    const latest = await this.#latest(number);
    if (latest !== undefined) return latest;
    throw new VishkarError('PULL_REQUEST_NOT_FOUND', `There is no pull request #${number} in ${this.#folder}.`, {
      hint: 'Look at the pull requests there are in that folder.',
    });
  }

  async #latest(number: number): Promise<Revision | undefined> {
    const names = await listNames(join(this.#folder, String(number)));
    // A folder without revisions is a create that was killed: its number is still free.
    const revision = Math.max(0, ...names.map((name) => Number(/^(\d+)\.json$/.exec(name)?.[1] ?? 0)));
    if (revision === 0) return undefined;
    const path = this.#revisionPath(number, revision);
    try {
      return { revision, record: pullRequestRecordSchema.parse(JSON.parse(await readFile(path, 'utf8'))) };
    } catch (error) {
      throw new VishkarError('PULL_REQUEST_UNREADABLE', `${path} is not a pull request that this version can read.`, {
        hint: 'Delete this file to go back to the revision before it, or use the version of Vishkar that wrote it.',
        cause: error,
      });
    }
  }

  #revisionPath(number: number, revision: number): string {
    return join(this.#folder, String(number), `${String(revision).padStart(6, '0')}.json`);
  }
}

function encode(record: PullRequestRecord): string {
  return `${JSON.stringify(record, null, 2)}\n`;
}

async function listNames(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    // Nothing was stored yet.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
