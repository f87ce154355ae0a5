/**
 * A notification channel that is a file: one JSON line per message, which a person tails or another program picks up.
 * A message is written once per marker; a line that a kill cut in half was not delivered and is written again.
 */
import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { DeliveryReceipt, Notifier } from './notifier.js';

interface OutboxLine {
  readonly deliveredAt: string;
  readonly marker: string;
  readonly storyKey: string;
  readonly title: string;
  readonly body: string;
}

/** Appends notifications to the JSON-lines file at `path`. */
export class FileNotifier implements Notifier {
  readonly channel = 'file';
  readonly #path: string;
  readonly #now: () => Date;
  /** Messages of this process are written one after the other. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(options: { /** Absolute path. */ readonly path: string; readonly now?: () => Date }) {
    this.#path = options.path;
    this.#now = options.now ?? (() => new Date());
  }

  async send(
    message: { readonly storyKey: string; readonly title: string; readonly body: string },
    marker: string,
  ): Promise<DeliveryReceipt> {
    const turn = this.#queue.then(() => this.#deliver(message, marker));
    this.#queue = turn.catch(() => undefined);
    return await turn;
  }

  async #deliver(
    message: { readonly storyKey: string; readonly title: string; readonly body: string },
    marker: string,
  ): Promise<DeliveryReceipt> {
    const written = await this.#read();
    const before = parseLines(written).find((line) => line.marker === marker);
    if (before !== undefined) {
      return { channel: this.channel, marker, deliveredAt: before.deliveredAt, adopted: true };
    }
    const { storyKey, title, body } = message;
    const line: OutboxLine = { deliveredAt: this.#now().toISOString(), marker, storyKey, title, body };
    const isTorn = written !== '' && !written.endsWith('\n');
    await mkdir(dirname(this.#path), { recursive: true });
    const file = await open(this.#path, 'a');
    try {
      await file.writeFile(`${isTorn ? '\n' : ''}${JSON.stringify(line)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    return { channel: this.channel, marker, deliveredAt: line.deliveredAt, adopted: false };
  }

  async #read(): Promise<string> {
    try {
      return await readFile(this.#path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
      throw error;
    }
  }
}

function parseLines(text: string): readonly OutboxLine[] {
  return text.split('\n').flatMap((line) => {
    try {
      return [JSON.parse(line) as OutboxLine];
    } catch {
      // An empty line, or one that a kill cut off: no message was delivered by it.
      return [];
    }
  });
}
