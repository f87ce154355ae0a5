/**
 * The record of one engine run, as JSON lines: what was asked, what the engine reported, how it was judged.
 * Boundary to the artifact store: secrets are masked before a line is written. Appending is in order.
 */
import { createWriteStream } from 'node:fs';
import type { WriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { maskValues } from '../git/mask-secrets.js';

/** A run that talks without end does not fill the disk. */
const LIMIT_BYTES = 64 * 1024 * 1024;

export class Transcript {
  readonly path: string;
  readonly #stream: WriteStream;
  readonly #secrets: readonly string[];
  #bytes = 0;
  #error: Error | undefined;

  private constructor(path: string, secrets: readonly string[]) {
    this.path = path;
    this.#secrets = secrets;
    this.#stream = createWriteStream(path, { mode: 0o600 });
    this.#stream.on('error', (error) => (this.#error = error));
  }

  /** Opens `transcript.jsonl` in a folder, which is made if it is missing. */
  static async open(folder: string, secrets: readonly string[] = []): Promise<Transcript> {
    await mkdir(folder, { recursive: true });
    return new Transcript(join(folder, 'transcript.jsonl'), secrets);
  }

  write(entry: { readonly type: string } & Readonly<Record<string, unknown>>): void {
    if (this.#bytes >= LIMIT_BYTES) return;
    const masked = maskValues(JSON.stringify({ at: new Date().toISOString(), ...entry }), this.#secrets);
    this.#bytes += Buffer.byteLength(masked) + 1;
    this.#stream.write(`${masked}\n`);
    if (this.#bytes >= LIMIT_BYTES) this.#stream.write('{"type":"cut","reason":"the transcript reached its limit"}\n');
  }

  /** Throws when anything could not be written. */
  async close(): Promise<void> {
    this.#stream.end();
    await finished(this.#stream).catch((error: Error) => (this.#error ??= error));
    if (this.#error !== undefined) throw this.#error;
  }
}
