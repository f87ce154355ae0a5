/**
 * How a Text attribute is taken apart, both where it is written and where it is asked for: runs of letters and digits,
 * without case and without diacritics, as SQLite's `unicode61 remove_diacritics 2` does it for the official dev server.
 */

const WORD = /[\p{L}\p{N}\p{Co}]+/gu;
const MARKS = /\p{M}/gu;

export function textWords(text: string): readonly string[] {
  return text.normalize('NFD').replace(MARKS, '').toLowerCase().match(WORD) ?? [];
}
