/**
 * The states in which a power loss could have left a folder, made from a journal of what was done to it
 * (write-journal.c). The disk of this model keeps what a flush covered; of what came after, each sector by itself is there
 * or not, in any combination, and so is a new length, a new file's name and a removal that the folder's flush had not covered.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SeededRandom } from '@vishkar/testkit';

export type JournalKind = 'write' | 'truncate' | 'flush' | 'flushed' | 'unlink' | 'print';

export interface JournalEntry {
  readonly kind: JournalKind;
  /** Relative to the folder; `.` is the folder itself. */
  readonly path: string;
  /** Bytes from the start of the file; of a truncate the new length; of a flush its number. */
  readonly offset: number;
  readonly bytes: Buffer;
}

const SECTOR_BYTES = 512;
const FOLDER = '.';

/** Throws when the text is not a journal. What a killed process left unfinished at the end is dropped. */
export function parseJournal(journal: Buffer): readonly JournalEntry[] {
  const entries: JournalEntry[] = [];
  for (let at = 0; at < journal.length;) {
    const endOfLine = journal.indexOf('\n', at);
    const line = journal.subarray(at, endOfLine < 0 ? journal.length : endOfLine).toString();
    const match = /^(write|truncate|flush|flushed|unlink|print) (\S+) (\d+) (\d+)$/.exec(line);
    if (endOfLine < 0) break;
    if (!match) throw new Error(`not an entry of a journal: ${JSON.stringify(line.slice(0, 80))}`);
    const [, kind = '', path = '', offset, length] = match;
    const from = endOfLine + 1;
    at = from + Number(length);
    if (at > journal.length) break;
    entries.push({ kind: kind as JournalKind, path, offset: Number(offset), bytes: journal.subarray(from, at) });
  }
  return entries;
}

/** A file between its making and its removal, as positions in the journal. */
interface Life {
  readonly changes: number[];
  removedAt: number | undefined;
}

/** Writes into `target` what the folder may hold when the power goes before entry `cut`. */
export function writeStateAtPowerLoss(
  entries: readonly JournalEntry[],
  cut: number,
  target: string,
  random: SeededRandom,
): void {
  const lives = new Map<string, Life>();
  const began = new Map<number, number>();
  const coveredUpTo = new Map<string, number>();
  for (const [position, entry] of entries.slice(0, cut).entries()) {
    if (entry.kind === 'flush') began.set(entry.offset, position);
    if (entry.kind === 'flushed') coveredUpTo.set(entry.path, began.get(entry.offset) ?? 0);
    if (entry.kind === 'unlink') {
      const life = lives.get(entry.path);
      if (life) life.removedAt = position;
    }
    if (entry.kind !== 'write' && entry.kind !== 'truncate') continue;
    const life = lives.get(entry.path);
    if (life?.removedAt === undefined && life) life.changes.push(position);
    else lives.set(entry.path, { changes: [position], removedAt: undefined });
  }
  // Sometimes the disk had written nothing of its own accord, sometimes nearly all.
  const luck = [0, 0.1, 0.5, 0.9, 1][random.between(0, 4)] ?? 0.5;
  const isKept = (position: number, path: string): boolean =>
    position < (coveredUpTo.get(path) ?? 0) || random.next() < luck;

  mkdirSync(target);
  for (const [path, { changes, removedAt }] of lives) {
    if (!isKept(changes[0] ?? 0, FOLDER)) continue;
    if (removedAt !== undefined && isKept(removedAt, FOLDER)) continue;
    let content: Buffer = Buffer.alloc(0);
    for (const position of changes) {
      const entry = entries[position];
      if (!entry) throw new Error('a change is an entry');
      const keeps = (): boolean => isKept(position, path);
      content = entry.kind === 'truncate' ? truncated(content, entry, keeps) : written(content, entry, keeps);
    }
    writeFileSync(join(target, path), content);
  }
}

function truncated(content: Buffer, { offset }: JournalEntry, keeps: () => boolean): Buffer {
  if (!keeps()) return content;
  return offset <= content.length
    ? content.subarray(0, offset)
    : Buffer.concat([content, Buffer.alloc(offset - content.length)]);
}

function written(content: Buffer, { offset, bytes }: JournalEntry, keeps: () => boolean): Buffer {
  let result = content;
  for (let from = 0; from < bytes.length;) {
    const sectorEnd = SECTOR_BYTES - ((offset + from) % SECTOR_BYTES);
    const piece = bytes.subarray(from, from + sectorEnd);
    if (keeps()) result = withPiece(result, offset + from, piece);
    from += piece.length;
  }
  return result;
}

function withPiece(content: Buffer, at: number, piece: Buffer): Buffer {
  const end = at + piece.length;
  const result = end > content.length ? Buffer.concat([content, Buffer.alloc(end - content.length)]) : content;
  piece.copy(result, at);
  return result;
}
