/** The anchor of a finding: hashes of its line and of the next lines around it that say something. Pure. */
import { createHash } from 'node:crypto';
import type { Anchor } from '../../domain/finding-ledger.js';

export const NO_ANCHOR: Anchor = Object.freeze({ line: '', before: '', after: '' });

/** `text`: of the file; `line`: 1-based, 0 for the file as a whole, which has no anchor. */
export function anchorAt(text: string | undefined, line: number): Anchor {
  if (text === undefined || line === 0) return NO_ANCHOR;
  const lines = text.split('\n');
  const said = (candidate: string | undefined) => candidate !== undefined && /\w/.test(candidate);
  const before = lines.slice(0, line - 1).findLast(said);
  const after = lines.slice(line).find(said);
  return { line: hashOf(lines[line - 1]), before: hashOf(before), after: hashOf(after) };
}

/** Layout says nothing about which line it is. */
function hashOf(line: string | undefined): string {
  const text = line?.replace(/\s+/g, ' ').trim() ?? '';
  return text === '' ? '' : createHash('sha256').update(text).digest('hex').slice(0, 12);
}
