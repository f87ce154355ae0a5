/**
 * Files that are whole or absent, also after a SIGKILL or a power cut: written beside their place, synced, then moved in
 * one step. Below the adapters that keep state in files (backlog, pull requests, artifacts, outbox, lessons).
 */
import { randomBytes } from 'node:crypto';
import { link, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * Replaces or makes the file; readers see the old or the new content, never a mixture. Keeps the file's permissions, unless
 * `wanted` says which it has to have.
 */
export async function writeFileDurably(path: string, content: string | Uint8Array, wanted?: number): Promise<void> {
  const mode = wanted ?? (await permissions(path));
  await viaTemporaryFile(path, content, mode, (temporary) => rename(temporary, path));
}

/**
 * Makes the file unless there is one; false when somebody else was first. Of several processes exactly one gets true,
 * and there is no lock that could outlive its owner.
 */
export async function createFileDurably(path: string, content: string | Uint8Array): Promise<boolean> {
  try {
    await viaTemporaryFile(path, content, undefined, async (temporary) => {
      await link(temporary, path);
      await rm(temporary);
    });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function viaTemporaryFile(
  path: string,
  content: string | Uint8Array,
  mode: number | undefined,
  publish: (temporary: string) => Promise<void>,
): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true });
  // The name only has to differ from other writers': nothing is derived from it.
  const temporary = join(folder, `.${basename(path).slice(0, 100)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const file = await open(temporary, 'wx', mode);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await publish(temporary);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(folder);
}

/** Makes a name that was just moved into a folder survive a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  // Windows can't open folders; NTFS journals names by itself.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function permissions(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).mode & 0o777;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
