/** Writes an engine's settings into its home before it starts. Only we and the engine may read them. */
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A settings file in the engine's home, which it reads when it starts. */
export interface HomeFile {
  /** Relative to the home. */
  readonly path: string;
  readonly content: string;
}

export async function writeHomeFiles(home: string, files: readonly HomeFile[]): Promise<void> {
  for (const { path, content } of files) {
    const target = join(home, path);
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    // Made anew and renamed into place: a kill leaves no half file, and a link that the engine put there is not followed.
    await rm(`${target}.new`, { force: true });
    await writeFile(`${target}.new`, content, { mode: 0o600, flag: 'wx' });
    await rename(`${target}.new`, target);
  }
}
