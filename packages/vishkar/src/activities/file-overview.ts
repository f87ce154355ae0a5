/**
 * The list of a repository's files as an engine is shown it. What fits is shown whole; of what does not, the files whose paths share
 * rare words with the story stay, so that a large repository is not cut off in the middle of the alphabet. Pure.
 */
import { wordsIn } from './story-words.js';

/** `characters`: of the list; the line on what is left out comes on top. */
export function fileOverview(paths: readonly string[], storyText: string, characters: number): string {
  const whole = paths.join('\n');
  if (whole.length <= characters) return whole;
  const wanted = wordsOf(storyText);
  const spread = new Map<string, number>();
  for (const path of paths) for (const word of wordsOf(path)) spread.set(word, (spread.get(word) ?? 0) + 1);
  const worth = (path: string) =>
    [...wordsOf(path)]
      .filter((word) => wanted.has(word))
      .reduce((sum, word) => sum + Math.log(1 + paths.length / (spread.get(word) ?? 1)), 0);
  const ranked = paths
    .map((path) => ({ path, worth: worth(path), depth: path.split('/').length }))
    .sort((a, b) => b.worth - a.worth || a.depth - b.depth || (a.path < b.path ? -1 : 1));
  const kept = new Set<string>();
  let left = characters;
  for (const { path } of ranked) {
    if (path.length + 1 > left) continue;
    left -= path.length + 1;
    kept.add(path);
  }
  return [
    ...paths.filter((path) => kept.has(path)),
    `[${String(paths.length - kept.size)} more files are left out]`,
  ].join('\n');
}

function wordsOf(text: string): ReadonlySet<string> {
  return new Set(wordsIn(text));
}
