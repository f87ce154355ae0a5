/**
 * The diff as models are shown it: every line with its number at the head, because nobody counts lines well from hunk headers.
 * Files that the story keeps for itself are left out: they quote earlier findings, which would be found again.
 */
import type { DiffFile } from '../git/parse-diff.js';
import { isStoryFile } from './panelists/code-file.js';
import type { ReviewMaterial } from './review-material.js';

const SIGNS = { added: '+', removed: '-', context: ' ' } as const;

export function numberedDiff(
  { files }: Pick<ReviewMaterial, 'files'>,
  characters: number,
): { readonly text: string; readonly isCut: boolean } {
  const text = files
    .filter(({ path }) => !isStoryFile(path))
    .map(({ diff }) => fileText(diff))
    .join('\n\n');
  return { text: text.slice(0, characters), isCut: text.length > characters };
}

function fileText({ path, oldPath, change, isBinary, lines }: DiffFile): string {
  const head = `${change} ${oldPath === undefined ? '' : `${oldPath} -> `}${path}${isBinary ? ' (binary)' : ''}`;
  const numbered = lines.map(
    ({ kind, newLine, text }) =>
      `${newLine === undefined ? '' : String(newLine)}`.padStart(6) + ` ${SIGNS[kind]} ${text}`,
  );
  return [head, ...numbered].join('\n');
}
