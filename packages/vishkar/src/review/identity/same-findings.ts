/**
 * Which findings of a round are ones that the ledger knows. By place, followed over the edits between the commits; by the text of the
 * line where code was moved; and by kind: the same category, or words that fusion takes for the same fault. Pure, and one to one: two
 * findings of a round are never the same entry.
 */
import type { Finding } from '../../domain/finding.js';
import type { Anchor, TrackedFinding } from '../../domain/finding-ledger.js';
import { DEFAULT_FUSION_MODEL } from '../fusion/default-model.js';
import { likenessOf } from '../fusion/likeness.js';
import type { Report } from '../fusion/report.js';
import type { PlaceNow } from './line-map.js';

export interface FoundNow {
  readonly finding: Finding;
  readonly anchor: Anchor;
  /** Found by a rule, which knows which line it means. */
  readonly isFact: boolean;
}

/** Where an entry of the ledger is at the commit of this round; undefined: its file is gone. */
export type PlaceOf = (entry: TrackedFinding) => PlaceNow | undefined;

/** From this likeness on, words speak of one fault; the same as where fusion adds a voice. */
const SAME_WORDS = 0.5;
/** Models name lines that are a little off. */
const NEAR_LINES = 3;

/** The entry by finding; findings that are new are not in it. */
export function matchFindings(
  entries: readonly TrackedFinding[],
  found: readonly FoundNow[],
  placeOf: PlaceOf,
): ReadonlyMap<FoundNow, TrackedFinding> {
  const places = entries.map(placeOf);
  const wordsAlike = alikeInWords(entries, places, found);
  const pairs = entries.flatMap((entry, i) =>
    found.flatMap((now, j) => {
      const score = likenessOfPair(entry, places[i], now, wordsAlike(i, j));
      return score > 0 ? [{ entry, now, score }] : [];
    }),
  );
  pairs.sort(
    (a, b) =>
      b.score - a.score ||
      compare(a.entry.finding.id, b.entry.finding.id) ||
      compare(a.now.finding.id, b.now.finding.id),
  );
  const matches = new Map<FoundNow, TrackedFinding>();
  const taken = new Set<TrackedFinding>();
  for (const { entry, now } of pairs) {
    if (taken.has(entry) || matches.has(now)) continue;
    taken.add(entry);
    matches.set(now, entry);
  }
  return matches;
}

/** 0: another fault. The place counts for more than the id: of two equal lines, one that goes leaves its id to the other. */
function likenessOfPair(entry: TrackedFinding, place: PlaceNow | undefined, now: FoundNow, isAlike: boolean): number {
  const { finding, anchor } = now;
  const isSameId = finding.id === entry.finding.id || entry.aliases.includes(finding.id);
  const isSameKind = finding.category === entry.finding.category;
  const isSameText = anchor.line !== '' && anchor.line === entry.anchor.line;
  const neighbours = Number(anchor.before === entry.anchor.before) + Number(anchor.after === entry.anchor.after);
  if (place?.file === finding.file && (isSameKind || isAlike)) {
    if (place.isKept && place.start === finding.line) return isSameKind ? 10 : 9;
    const isInEdit = !place.isKept && place.start <= finding.line && finding.line <= place.end;
    if (isSameText && isSameKind) return 7 + neighbours * 0.4;
    if (isInEdit) return isSameKind ? 6 : 5;
    if (isAlike && finding.line > 0 && distance(place, finding.line) <= NEAR_LINES) return 4;
  }
  if (isSameId) return 8;
  // Moved to another file, with what stood around it.
  return isSameKind && isSameText && neighbours === 2 ? 3 : 0;
}

function distance({ start, end }: PlaceNow, line: number): number {
  return line < start ? start - line : Math.max(0, line - Math.max(start, end));
}

/** Compared as fusion compares reports of one round, with the places of before as they are now. */
function alikeInWords(
  entries: readonly TrackedFinding[],
  places: readonly (PlaceNow | undefined)[],
  found: readonly FoundNow[],
): (entry: number, now: number) => boolean {
  const reportOf = ({ category, severity, issue: text }: Finding, place: Omit<Report, 'text'>): Report => ({
    ...{ text, category, severity },
    ...place,
  });
  const reports = [
    ...entries.map(({ finding, isFact }, at) => {
      const { file, start: line } = places[at] ?? { file: finding.file, start: finding.line };
      return reportOf(finding, { by: 'before', file, line, isFact });
    }),
    ...found.map(({ finding, isFact }) =>
      reportOf(finding, { by: 'now', file: finding.file, line: finding.line, isFact }),
    ),
  ];
  const likeness = likenessOf(reports, DEFAULT_FUSION_MODEL.pairs);
  return (entry, now) => (likeness[entry]?.[entries.length + now] ?? 0) >= SAME_WORDS;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
