/**
 * Artifacts in a folder, named by their SHA-256: `sha256/ab/cd/<hash>`. The same bytes are stored once, and what is read
 * is checked against the reference, so that evidence can't change behind a receipt.
 */
import { createHash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { copyFile, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ArtifactRef } from '../domain/artifact.js';
import { syncFolder, writeFileDurably } from '../durable-file.js';
import { VishkarError } from '../errors.js';
import type { ArtifactStore } from './artifact-store.js';

/** Keeps artifacts below `folder`, which is made on demand. */
export class FolderArtifactStore implements ArtifactStore {
  readonly #folder: string;
  #copies = 0;

  constructor(options: { /** Absolute path. */ readonly folder: string }) {
    this.#folder = options.folder;
  }

  async put(name: string, content: string | Uint8Array, mediaType: string): Promise<ArtifactRef> {
    const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const path = this.#pathOf(sha256);
    if (!(await isIntact(path, sha256))) await writeFileDurably(path, bytes);
    return { name, uri: pathToFileURL(path).href, sha256, bytes: bytes.byteLength, mediaType };
  }

  async putFile(name: string, path: string, mediaType: string): Promise<ArtifactRef> {
    // Hashed after copying: a log may still grow while it is stored.
    const copy = join(this.#folder, 'incoming', `${process.pid}-${(this.#copies += 1)}-${basename(path)}`);
    await mkdir(dirname(copy), { recursive: true });
    try {
      await copyFile(path, copy, constants.COPYFILE_FICLONE);
      const sha256 = await hashFile(copy);
      const { size } = await stat(copy);
      const target = this.#pathOf(sha256);
      if (!(await isIntact(target, sha256))) await publish(copy, target);
      return { name, uri: pathToFileURL(target).href, sha256, bytes: size, mediaType };
    } finally {
      await rm(copy, { force: true });
    }
  }

  async read(ref: ArtifactRef): Promise<Uint8Array> {
    // Found by the hash, not by the URI: a store that was moved still answers, and a URI can't lead out of the folder.
    const path = this.#pathOf(ref.sha256);
    let bytes: Uint8Array;
    try {
      bytes = await readFile(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      throw new VishkarError(
        'ARTIFACT_MISSING',
        `The artifact ${ref.name} (${ref.sha256.slice(0, 12)}) is not in ${this.#folder}.`,
        {
          hint: 'It was deleted, or stored on another host: look at its URI in the evidence.',
          cause: error,
        },
      );
    }
    if (createHash('sha256').update(bytes).digest('hex') === ref.sha256) return bytes;
    throw new VishkarError(
      'ARTIFACT_CORRUPT',
      `The artifact ${ref.name} in ${path} is not what was stored: its hash differs.`,
      {
        hint: 'The file was changed or the disk is damaged; the evidence that refers to it can no longer be trusted.',
      },
    );
  }

  #pathOf(sha256: string): string {
    return join(this.#folder, 'sha256', sha256.slice(0, 2), sha256.slice(2, 4), sha256);
  }
}

async function publish(copy: string, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  const file = await open(copy, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(copy, target);
  await syncFolder(dirname(target));
}

/** A damaged copy is replaced by the good bytes that are being stored. */
async function isIntact(path: string, sha256: string): Promise<boolean> {
  try {
    return (await hashFile(path)) === sha256;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
