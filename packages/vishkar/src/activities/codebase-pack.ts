/**
 * The code that a story is most likely about, as an engine is shown it with its first prompt: files ranked by the rare words that they share with
 * the story (BM25, a path counts more than the text), and of each what fits, long ones around the lines that matter. Pure.
 */
import { wordsIn } from './story-words.js';

export interface IndexedFile {
  readonly path: string;
  /** How often each word stands in it. */
  readonly words: ReadonlyMap<string, number>;
  readonly length: number;
}

/** Text of models: about four characters make a token. */
const CHARACTERS_PER_TOKEN = 4;
/** No file takes more of the pack, so that there is room for several. */
const FILE_CHARACTERS = 6_000;
const FILES_AT_MOST = 12;
const LINES_AROUND = 8;
/** Words that stand in the path say more than those in the text. */
const PATH_WEIGHT = 3;
const [K, B] = [1.2, 0.75];

/** Paths by falling likeness with the story; those that share no word are not among them. */
export function rankFiles(files: readonly IndexedFile[], story: string): readonly string[] {
  const wanted = [...new Set(wordsIn(story))];
  const rarity = rarityOf(files, wanted);
  const average = files.reduce((sum, { length }) => sum + length, 0) / (files.length || 1) || 1;
  return files
    .map(({ path, words, length }) => {
      const inPath = new Set(wordsIn(path));
      const score = wanted.reduce((sum, word) => {
        const count = words.get(word) ?? 0;
        const inText = (count * (K + 1)) / (count + K * (1 - B + (B * length) / average));
        return sum + (rarity.get(word) ?? 0) * (inText + (inPath.has(word) ? PATH_WEIGHT : 0));
      }, 0);
      return { path, score };
    })
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || (a.path < b.path ? -1 : 1))
    .slice(0, FILES_AT_MOST)
    .map(({ path }) => path);
}

/** A word that stands everywhere tells nothing. */
function rarityOf(files: readonly IndexedFile[], wanted: readonly string[]): ReadonlyMap<string, number> {
  return new Map(
    wanted.map((word) => {
      const spread = files.filter(({ words }) => words.has(word)).length;
      return [word, Math.log(1 + (files.length - spread + 0.5) / (spread + 0.5))] as const;
    }),
  );
}

/** The files in their order, within the budget; empty when nothing fits. `tokens`: at about four characters each. */
export function packFiles(
  ranked: readonly string[],
  texts: ReadonlyMap<string, string>,
  story: string,
  tokens: number,
): string {
  const wanted = new Set(wordsIn(story));
  const parts: string[] = [];
  let left = tokens * CHARACTERS_PER_TOKEN;
  for (const path of ranked) {
    const text = texts.get(path);
    const head = `--- ${path}\n`;
    const room = Math.min(FILE_CHARACTERS, left - head.length - 1);
    if (text === undefined || room <= 0) continue;
    const shown = excerptOf(text, wanted, room);
    if (shown === '') continue;
    parts.push(head + shown);
    left -= head.length + shown.length + 1;
  }
  return parts.join('\n');
}

/** The whole text where it fits, else the lines around those with most of the wanted words, with their numbers. */
function excerptOf(text: string, wanted: ReadonlySet<string>, characters: number): string {
  if (text.length <= characters) return text;
  const lines = text.split('\n');
  const worth = lines.map((line) => new Set(wordsIn(line).filter((word) => wanted.has(word))).size);
  const order = [...worth.keys()]
    .filter((at) => (worth[at] ?? 0) > 0)
    .sort((a, b) => (worth[b] ?? 0) - (worth[a] ?? 0) || a - b);
  const shown = new Set<number>();
  let left = characters;
  for (const at of order)
    for (let near = Math.max(0, at - LINES_AROUND); near <= Math.min(lines.length - 1, at + LINES_AROUND); near += 1) {
      // With its number, and a line for what is left out before it.
      const cost = (lines[near]?.length ?? 0) + 16;
      if (shown.has(near) || cost > left) continue;
      shown.add(near);
      left -= cost;
    }
  const numbered: string[] = [];
  for (const at of [...shown].sort((a, b) => a - b)) {
    if (!shown.has(at - 1) && at > 0) numbered.push('...');
    numbered.push(`${String(at + 1)}: ${lines[at] ?? ''}`);
  }
  return numbered.join('\n');
}
