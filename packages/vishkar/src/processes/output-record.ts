/**
 * What a program prints, on its way to a log, a tail in memory and a listener: whole lines, secrets masked before
 * anything leaves, and bounded (a program that prints without end fills neither the disk nor the memory).
 */
import { createWriteStream } from 'node:fs';
import type { WriteStream } from 'node:fs';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { maskValues } from '../git/mask-secrets.js';

const DEFAULT_LOG_LIMIT_BYTES = 16 * 1024 * 1024;
const TAIL_CHARACTERS = 16 * 1024;
/** A longer line is handed on in pieces. */
const MAX_LINE_CHARACTERS = 64 * 1024;
export interface OutputRecordOptions {
  readonly logPath?: string;
  readonly logLimitBytes?: number;
  /** Values that are masked wherever they appear, on top of the well-known forms of secrets. */
  readonly secrets?: readonly string[];
  /** Called with whole, masked lines, line ends included. */
  readonly onOutput?: (text: string) => void;
}

export class OutputRecord {
  readonly #options: OutputRecordOptions;
  readonly #log: WriteStream | undefined;
  #logError: Error | undefined;
  #logged = 0;
  #tail = '';
  #bytes = 0;

  constructor(options: OutputRecordOptions) {
    this.#options = options;
    if (options.logPath === undefined) return;
    this.#log = createWriteStream(options.logPath, { mode: 0o600 });
    this.#log.on('error', (error) => (this.#logError = error));
  }

  /** Bytes that were printed, also those that were cut from the log. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The last lines, masked. */
  get tail(): string {
    return this.#tail;
  }

  /** Records a stream until it ends; `onChunk` is called whenever anything arrives, a piece of a line included. */
  async record(stream: Readable, onChunk: () => void = () => undefined): Promise<void> {
    let pending = '';
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => {
      this.#bytes += Buffer.byteLength(text);
      onChunk();
      pending += text;
      const end = pending.length > MAX_LINE_CHARACTERS ? pending.length : pending.lastIndexOf('\n') + 1;
      if (end === 0) return;
      this.#write(pending.slice(0, end));
      pending = pending.slice(end);
    });
    await finished(stream, { writable: false });
    if (pending !== '') this.#write(pending);
  }

  /** Closes the log. Throws when it could not be written: evidence that is not there must not be referred to. */
  async close(): Promise<void> {
    if (this.#log === undefined) return;
    if (this.#logError === undefined && !this.#log.closed) {
      this.#log.end();
      await Promise.race([once(this.#log, 'close'), once(this.#log, 'error')]).catch(() => undefined);
    }
    if (this.#logError !== undefined) throw this.#logError;
  }

  #write(raw: string): void {
    const text = maskValues(raw, this.#options.secrets ?? []);
    this.#tail = (this.#tail + text).slice(-TAIL_CHARACTERS);
    this.#options.onOutput?.(text);
    const limit = this.#options.logLimitBytes ?? DEFAULT_LOG_LIMIT_BYTES;
    if (this.#log === undefined || this.#logged >= limit) return;
    this.#logged += Buffer.byteLength(text);
    this.#log.write(this.#logged >= limit ? `${text}\n[the log ends here: it reached ${String(limit)} bytes]\n` : text);
  }
}
