import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '@vishkar/testkit';
import { describe, expect, it } from 'vitest';
import { artifactRefSchema } from '../domain/artifact.js';
import { FolderArtifactStore } from './folder-artifact-store.js';

function makeStore() {
  const folder = temporaryFolder('artifacts');
  return { folder, store: new FolderArtifactStore({ folder }) };
}

function storedFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name);
}

describe('FolderArtifactStore', () => {
  it('stores the same bytes once, under their hash, whichever way they come in', async () => {
    const { folder, store } = makeStore();
    const path = join(temporaryFolder('log'), 'build log.txt');
    writeFileSync(path, 'größer\n');
    const refs = [
      await store.put('log', 'größer\n', 'text/plain'),
      await store.put('log', Buffer.from('größer\n'), 'text/plain'),
      await store.putFile('log', path, 'text/plain'),
    ];
    expect(new Set(refs.map((ref) => JSON.stringify(ref))).size).toBe(1);
    expect(artifactRefSchema.parse(refs[0])).toMatchObject({ bytes: 9 });
    expect(storedFiles(folder)).toEqual([refs[0]?.sha256]);
  });

  it('stores once when many put the same at the same time', async () => {
    const { folder, store } = makeStore();
    await Promise.all(Array.from({ length: 10 }, () => store.put('x', 'same', 'text/plain')));
    expect(storedFiles(folder)).toHaveLength(1);
  });

  it('reads what was stored, also when the URI is another one', async () => {
    const { store } = makeStore();
    const ref = await store.put('diff', 'content', 'text/x-diff');
    expect(Buffer.from(await store.read({ ...ref, uri: 'file:///etc/passwd' })).toString()).toBe('content');
  });

  it('refuses missing and changed artifacts, and mends a changed one when it is put again', async () => {
    const { store } = makeStore();
    const ref = await store.put('diff', 'content', 'text/x-diff');
    writeFileSync(fileURLToPath(ref.uri), 'forged!');
    await expect(store.read(ref)).rejects.toMatchObject({ code: 'ARTIFACT_CORRUPT' });
    await store.put('diff', 'content', 'text/x-diff');
    expect(Buffer.from(await store.read(ref)).toString()).toBe('content');
    const missing = store.read({ ...ref, sha256: 'a'.repeat(64) });
    await expect(missing).rejects.toMatchObject({ code: 'ARTIFACT_MISSING' });
    expect(existsSync(fileURLToPath(ref.uri))).toBe(true);
  });
});
