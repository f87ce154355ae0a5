/** Reads the usage of one answer while its bytes pass by: a JSON document, or server-sent events. Keeps no more than it needs. */
import { StringDecoder } from 'node:string_decoder';
import { createParser } from 'eventsource-parser';
import { parseJson } from './wire-usage.js';
import type { CallUsage, UsageReader } from './wire-usage.js';

/** A JSON answer larger than this is passed on, and its usage is unknown. */
const MAXIMUM_JSON_CHARACTERS = 32 * 1024 * 1024;

export class AnswerMeter {
  readonly #read: UsageReader;
  readonly #decoder = new StringDecoder('utf8');
  readonly #events: { feed(chunk: string): void } | undefined;
  #json = '';
  #usage: CallUsage = {};

  constructor(read: UsageReader, contentType: string) {
    this.#read = read;
    this.#events = contentType.startsWith('text/event-stream')
      ? createParser({ onEvent: ({ data }) => this.#take(parseJson(data)) })
      : undefined;
  }

  write(chunk: Uint8Array): void {
    const text = this.#decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    if (this.#events !== undefined) this.#events.feed(text);
    else if (this.#json.length <= MAXIMUM_JSON_CHARACTERS) this.#json += text;
  }

  /** What a stream has told so far; of a document nothing is known before its end. */
  get usage(): CallUsage {
    return this.#usage;
  }

  /** What was read so far; after the last byte, all of it. Also right for an answer that was cut off. */
  end(): CallUsage {
    if (this.#events === undefined && this.#json.length <= MAXIMUM_JSON_CHARACTERS) {
      const value = parseJson(this.#json);
      // Gemini streams a JSON array when it is not asked for events.
      for (const each of Array.isArray(value) ? (value as unknown[]) : [value]) this.#take(each);
    }
    return this.#usage;
  }

  #take(value: unknown): void {
    this.#usage = this.#read(this.#usage, value);
  }
}
