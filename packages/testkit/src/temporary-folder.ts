/**
 * Folders for one test's files, below the system's temporary folder, removed again. A test never writes
 * anywhere else. Paths are resolved, because git and SQLite print real paths and tests compare them.
 */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A folder with an owner, who removes it. */
export interface TemporaryFolder {
  readonly path: string;
  /** Removes the folder with all it holds; calling it twice does nothing. */
  remove(): void;
}

/** Makes an empty folder that lives until `remove()`: for `beforeAll`, or for processes that outlive a test. */
export function createTemporaryFolder(label = 'test'): TemporaryFolder {
  const path = mkdtempSync(join(realpathSync(tmpdir()), `vishkar-${label}-`));
  return {
    path,
    // A process that was just killed may still be writing: rmSync retries on ENOTEMPTY.
    remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 }),
  };
}

/**
 * Makes an empty folder that is removed when the running test is over, and returns its path.
 * Throws when it is called outside of a test or a `beforeEach`.
 */
export function temporaryFolder(label?: string): string {
  const folder = createTemporaryFolder(label);
  onTestFinished(folder.remove);
  return folder.path;
}
