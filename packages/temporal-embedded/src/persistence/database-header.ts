/**
 * What the first bytes of a file say, read without SQLite: whether it is a database, whether it is ours, which version,
 * and whether its size fits. Whatever fails here is refused before any program could write to it.
 */
import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import {
  CorruptDatabaseError,
  DatabaseFileError,
  ForeignDatabaseError,
  NewerDatabaseError,
} from './database-errors.js';

/** `application_id` in the header of a file of ours: "TmpE". */
export const APPLICATION_ID = 0x546d7045;

// Offsets in the header; https://www.sqlite.org/fileformat.html section 1.3.
const HEADER_BYTES = 101;
const MAGIC = 'SQLite format 3\0';
const PAGE_SIZE = 16;
const USER_VERSION = 60;
const APPLICATION = 68;
/** Behind the header: the kind of the schema's root page, a leaf or an inner page of a table. */
const ROOT_PAGE_KIND = 100;
const TABLE_PAGE_KINDS: readonly number[] = [0x0d, 0x05];

/** Size in bytes of a file that may be ours; undefined: nothing is there yet, it is to be created. Throws DatabaseFileError. */
export function inspectHeader(filename: string, latestVersion: number): number | undefined {
  let file: number;
  try {
    file = openSync(filename, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new DatabaseFileError(`${filename} can't be read: ${(error as Error).message}`, error);
  }
  try {
    const stats = fstatSync(file);
    if (stats.isDirectory())
      throw new DatabaseFileError(`${filename} is a folder. Name a file in it with --db-filename.`);
    if (stats.size === 0) return undefined;
    const header = Buffer.alloc(HEADER_BYTES);
    const read = readSync(file, header, 0, HEADER_BYTES, 0);
    judge(filename, header.subarray(0, read), stats.size, latestVersion);
    return stats.size;
  } finally {
    closeSync(file);
  }
}

function judge(filename: string, header: Buffer, size: number, latestVersion: number): void {
  if (header.length < HEADER_BYTES || header.toString('latin1', 0, MAGIC.length) !== MAGIC)
    throw new ForeignDatabaseError(filename);
  if (header.readUInt32BE(APPLICATION) !== APPLICATION_ID) throw new ForeignDatabaseError(filename);
  const version = header.readUInt32BE(USER_VERSION);
  if (version > latestVersion) throw new NewerDatabaseError(filename, version, latestVersion);
  if (!TABLE_PAGE_KINDS.includes(header.readUInt8(ROOT_PAGE_KIND))) throw new CorruptDatabaseError(filename);
  // 1 stands for 65536, which does not fit. A file that ends inside a page was cut off; the log may still mend it.
  const pageSize = header.readUInt16BE(PAGE_SIZE) === 1 ? 65_536 : header.readUInt16BE(PAGE_SIZE);
  if (pageSize < 512 || (size % pageSize !== 0 && !existsSync(`${filename}-wal`)))
    throw new CorruptDatabaseError(filename);
}
