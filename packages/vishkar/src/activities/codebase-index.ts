/**
 * The words of every text file of a commit, kept by blob: of the next commit only what changed is read again. One per worker; what it keeps is
 * bounded, and lost with the worker, since reading it anew costs seconds.
 */
import { git } from '../git/git-command.js';
import { readTexts } from '../git/read-texts.js';
import type { IndexedFile } from './codebase-pack.js';
import { packFiles, rankFiles } from './codebase-pack.js';
import { wordsIn } from './story-words.js';

/** Larger files are generated or data. */
const FILE_BYTES = 100_000;
/** Files that are read for one commit; of a larger repository those with the shortest paths, which are its own. */
const FILES_AT_MOST = 3_000;
const BLOBS_KEPT = 20_000;
const PACKS_KEPT = 16;
const NOT_SOURCE =
  /(?:^|\/)(?:node_modules|dist|build|vendor|coverage)\/|(?:^|\/)(?:\.reviews|\.vishkar)\/|(?:[-.]lock(?:\.json|\.yaml|file)?|\.min\.[cm]?js|\.map|\.svg|\.snap)$/;

interface Blob {
  readonly path: string;
  readonly sha: string;
}

export class CodebaseIndex {
  readonly #words = new Map<string, Omit<IndexedFile, 'path'>>();
  readonly #packs = new Map<string, string>();
  /** Blobs that were read so far. */
  blobsRead = 0;

  /** What of a commit an engine is shown for this story, within the budget; the same for the same commit. `tokens` 0: nothing. */
  async pack(worktree: string, headSha: string, story: string, tokens: number): Promise<string> {
    if (tokens === 0) return '';
    const key = [headSha, String(tokens), story].join('\n');
    const known = this.#packs.get(key);
    if (known !== undefined) return known;
    const ranked = rankFiles(await this.#index(worktree, headSha), story);
    const packed = packFiles(ranked, await readTexts(worktree, headSha, ranked), story, tokens);
    keep(this.#packs, key, packed, PACKS_KEPT);
    return packed;
  }

  async #index(worktree: string, headSha: string): Promise<readonly IndexedFile[]> {
    const blobs = await blobsOf(worktree, headSha);
    const unknown = blobs.filter(({ sha }) => !this.#words.has(sha));
    const texts = await readTexts(
      worktree,
      headSha,
      unknown.map(({ path }) => path),
    );
    for (const { path, sha } of unknown) {
      const words = wordsIn(texts.get(path) ?? '');
      const counts = new Map<string, number>();
      for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
      keep(this.#words, sha, { words: counts, length: words.length }, BLOBS_KEPT);
      this.blobsRead += 1;
    }
    return blobs.flatMap(({ path, sha }) => {
      const found = this.#words.get(sha);
      return found === undefined || found.length === 0 ? [] : [{ path, ...found }];
    });
  }
}

async function blobsOf(worktree: string, headSha: string): Promise<readonly Blob[]> {
  const { stdout } = await git(['ls-tree', '-r', '-z', '--long', headSha], { cwd: worktree });
  const blobs = stdout.split('\0').flatMap((entry) => {
    const [, mode, sha, size, path] = /^(\d+) blob ([0-9a-f]+) +(\d+)\t(.*)$/s.exec(entry) ?? [];
    // A link is no file of its own.
    const isRead = mode !== '120000' && Number(size) <= FILE_BYTES && path !== undefined && !NOT_SOURCE.test(path);
    return isRead && sha !== undefined ? [{ path, sha }] : [];
  });
  return blobs.sort((a, b) => a.path.split('/').length - b.path.split('/').length).slice(0, FILES_AT_MOST);
}

/** The oldest goes first. */
function keep<V>(map: Map<string, V>, key: string, value: V, most: number): void {
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > most && oldest !== undefined) map.delete(oldest);
}
