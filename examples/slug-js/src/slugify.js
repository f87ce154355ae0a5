/** Turns a title into a slug: lower-case letters and digits of ASCII, joined by single dashes. */

/** What Unicode's decomposition leaves as it is, and readers expect otherwise. */
const LETTERS = new Map([
  ['ß', 'ss'],
  ['æ', 'ae'],
  ['ø', 'o'],
  ['ł', 'l'],
]);

/**
 * @param {string} title
 * @returns {string} Empty when the title has no letter or digit that ASCII can stand for.
 */
export function slugify(title) {
  return [...title.toLowerCase()]
    .map((letter) => LETTERS.get(letter) ?? letter)
    .join('')
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}
