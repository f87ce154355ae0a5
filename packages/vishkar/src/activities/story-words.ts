/** Words of a text as they are compared with a story's: parts of names, in small letters, without the s of the plural. Pure. */
export function wordsIn(text: string): readonly string[] {
  const words = text
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u);
  return words.filter((word) => word.length > 2).map((word) => word.replace(/s$/, ''));
}
