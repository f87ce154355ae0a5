/**
 * The identity of a finding: what is wrong in which line of which file, by the line's text and not by its number, so that it
 * survives lines moving around it and is the same whoever reports it. Rules that mean the same fault share a category.
 */
import { createHash } from 'node:crypto';
import type { Claim } from './panelist.js';
import type { MaterialFile } from './review-material.js';

export function claimId(claim: Claim, file: MaterialFile | undefined): string {
  const lines = file?.text?.split('\n') ?? [];
  const text = normalized(lines[claim.line - 1] ?? '');
  // The same line twice in a file is two places: the count before it tells them apart.
  const occurrence =
    text === '' ? claim.line : lines.slice(0, claim.line - 1).filter((line) => normalized(line) === text).length;
  const digest = createHash('sha256')
    .update([claim.category, claim.file, text, String(occurrence)].join('\0'))
    .digest('hex');
  return `F-${digest.slice(0, 12)}`;
}

const normalized = (line: string): string => line.replace(/\s+/g, ' ').trim();
