/** Lines of a file at the head that GitHub's patch of it shows: only there a review can hold a comment. */
import type { LineRange } from '../../git/parse-diff.js';

export function shownLines(patch: string): readonly LineRange[] {
  return [...patch.matchAll(/^@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@/gm)].flatMap(([, first, count = '1']) =>
    Number(count) === 0 ? [] : [{ start: Number(first), end: Number(first) + Number(count) - 1 }],
  );
}
