/**
 * Flushes SQLite's write-ahead log beside the event loop. SQLite itself runs with synchronous=NORMAL: it orders the log
 * before the checkpoint, and the checkpoint before the log is used again, but returns from COMMIT without waiting for
 * the disk. With a flush of the log after each COMMIT, before anyone is told, the promise is that of synchronous=FULL
 * (https://www.sqlite.org/pragma.html#pragma_synchronous), and the event loop goes on meanwhile.
 */
import { closeSync, fdatasync, openSync } from 'node:fs';

export class WriteAheadLog {
  readonly #path: string;
  #descriptor: number | undefined;

  constructor(databasePath: string) {
    this.#path = `${databasePath}-wal`;
  }

  /** Resolves when all that was committed before the call is on the disk. Rejects when the disk says otherwise. */
  flush(): Promise<void> {
    return new Promise((resolve, reject) => {
      // SQLite makes the file with its first write and keeps it for as long as the database is open.
      this.#descriptor ??= openSync(this.#path, 'r+');
      fdatasync(this.#descriptor, (error) => {
        if (error) reject(error);
        else resolve();
      });
    });
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }
}
