/** Whether a claim points into the diff: at a line that the change adds or shows, or at a file that it changes as a whole. */
import { isInDiff } from '../git/parse-diff.js';
import type { Claim } from './panelist.js';
import type { ReviewMaterial } from './review-material.js';

export function isGrounded(claim: Pick<Claim, 'file' | 'line'>, material: ReviewMaterial): boolean {
  const file = material.files.find((candidate) => candidate.path === claim.file);
  if (file === undefined) return false;
  return claim.line === 0 || isInDiff([file.diff], claim.file, claim.line);
}

/** Whether the change itself brought the line in: analyzers report only such lines, the rest was there before. */
export function isAddedLine(material: ReviewMaterial, path: string, line: number): boolean {
  const file = material.files.find((candidate) => candidate.path === path);
  return file?.diff.addedLines.some(({ start, end }) => start <= line && line <= end) ?? false;
}
