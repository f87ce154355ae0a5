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
 * @param {{ maxLength?: number }} [options] Longer slugs are cut between words, or in the first word when it alone is too long.
 * @returns {string} Empty when the title has no letter or digit that ASCII can stand for.
 * @throws {RangeError} When `maxLength` is not a whole number of at least 1.
 */
export function slugify(title, options = {}) {
  const slug = [...title.toLowerCase()]
    .map((letter) => LETTERS.get(letter) ?? letter)
    .join('')
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  return options.maxLength === undefined ? slug : shorten(slug, options.maxLength);
}

/**
 * @param {string} slug
 * @param {number} maxLength
 */
function shorten(slug, maxLength) {
  if (!Number.isInteger(maxLength) || maxLength < 1) {
    throw new RangeError(`maxLength must be a whole number of at least 1, not ${String(maxLength)}`);
  }
  if (slug.length <= maxLength) return slug;
  // One character more: a dash right behind the limit means that the last word fits.
  const end = slug.lastIndexOf('-', maxLength);
  return slug.slice(0, end === -1 ? maxLength : end);
}
