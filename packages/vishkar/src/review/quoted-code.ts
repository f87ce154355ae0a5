/**
 * Whether the code that a claim quotes is there. Models name lines that are a little off, and now and then code that does not exist: a
 * quote is checked against the file, and where it stands in an added line near by, that line is the one that was meant.
 */
import type { Claim } from './panelist.js';
import type { MaterialFile, ReviewMaterial } from './review-material.js';

/** Shorter quotes stand in every file (`id`, `i`), and prove nothing. */
const MINIMUM_CHARACTERS = 4;
/** Lines between the one that was named and the one that was meant, at most. */
const NEAR_LINES = 10;

/** False when a claim quotes code, and none of it stands in its file, before or after the change. */
export function quotesAreThere(claim: Pick<Claim, 'file' | 'issue'>, material: ReviewMaterial): boolean {
  const file = material.files.find(({ path }) => path === claim.file);
  const quotes = quotesIn(claim.issue);
  if (file === undefined || quotes.length === 0) return true;
  const removed = file.diff.lines.map(({ text }) => text).join('\n');
  const all = squeeze(`${file.text ?? ''}\n${removed}`);
  return quotes.some((quote) => all.includes(quote));
}

/** The claim at the added line that holds most of what it quotes, when the named line holds none of it. */
export function placedByQuotes<C extends Claim>(claim: C, material: ReviewMaterial): C {
  const file = material.files.find(({ path }) => path === claim.file);
  const quotes = quotesIn(claim.issue);
  if (file === undefined || quotes.length === 0) return claim;
  const holds = (line: number) => {
    const text = squeeze(file.text?.split('\n')[line - 1] ?? '');
    return quotes.filter((quote) => text.includes(quote)).length;
  };
  if (holds(claim.line) > 0) return claim;
  let [best, held] = [claim.line, 0];
  for (const line of addedLines(file))
    if (
      Math.abs(line - claim.line) <= NEAR_LINES &&
      (holds(line) > held || (holds(line) === held && held > 0 && isNearer(line, best, claim.line)))
    )
      [best, held] = [line, holds(line)];
  return held === 0 ? claim : { ...claim, line: best };
}

function quotesIn(text: string): readonly string[] {
  return [...text.matchAll(/`([^`]+)`/g)]
    .map(([, quote]) => squeeze(quote ?? '').replace(/\(\)$/, ''))
    .filter((quote) => quote.length >= MINIMUM_CHARACTERS);
}

function addedLines({ diff }: MaterialFile): readonly number[] {
  return diff.addedLines.flatMap(({ start, end }) => Array.from({ length: end - start + 1 }, (_, at) => start + at));
}

function isNearer(line: number, than: number, to: number): boolean {
  return Math.abs(line - to) < Math.abs(than - to);
}

/** Layout says nothing about which code is meant. */
function squeeze(text: string): string {
  return text.replace(/\s+/g, '');
}
