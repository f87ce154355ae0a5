/**
 * Which database files this process has open. POSIX drops all of a process's locks on a file when it closes any
 * descriptor of it; so before a second opener in the same process so much as reads the header, and by that unlocks the
 * file for other processes, this is asked. It also keeps each open database referenced: one that nobody else mentions any
 * more would be collected and closed, and its lock would be gone while its owner believes to hold it.
 */
import { statSync } from 'node:fs';

const held = new Map<string, object>();

/** False where the file does not exist, or only others have it. */
export function isHeld(filename: string): boolean {
  const identity = identityOf(filename);
  return identity !== undefined && held.has(identity);
}

/** Notes that the file is open from now on, by this database; returns how to say that it no longer is. */
export function hold(filename: string, database: object): () => void {
  const identity = identityOf(filename);
  if (identity === undefined) return () => undefined;
  held.set(identity, database);
  return () => {
    held.delete(identity);
  };
}

/** The same for every path and link that leads to a file. */
function identityOf(filename: string): string | undefined {
  const stats = statSync(filename, { bigint: true, throwIfNoEntry: false });
  return stats && `${String(stats.dev)}:${String(stats.ino)}`;
}
