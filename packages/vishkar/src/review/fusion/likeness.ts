/**
 * How likely it is that two reports of a change speak of the same fault: shared rare words and names, weighed by a model, and
 * their places where they have some. Rare means rare among the reports of this change: a word that all of them use tells nothing.
 */
import type { LinearModel } from './linear-model.js';
import { estimate } from './linear-model.js';
import { readReport } from './report-text.js';
import type { ReportText } from './report-text.js';
import type { Report } from './report.js';

/** Lines apart at which two reports may still mean the same one: a fault has an opening line and a line where it bites. */
const NEAR_LINES = 3;
const FAR_LINES = 30;

/** `likeness[i][j]`, 0 to 1, symmetric, 1 on the diagonal. */
export type Likeness = readonly (readonly number[])[];

export function likenessOf(reports: readonly Report[], model: LinearModel): Likeness {
  const signals = pairSignals(reports);
  const matrix = reports.map(() => reports.map(() => 1));
  for (let i = 0; i < reports.length; i += 1)
    for (let j = 0; j < i; j += 1) {
      const [a, b, pair] = [reports[i], reports[j], signals[i]?.[j]];
      const [row, column] = [matrix[i], matrix[j]];
      if (a === undefined || b === undefined || pair === undefined || row === undefined || column === undefined)
        continue;
      row[j] = column[i] = isSettled(a, b) ?? estimate(model, pair);
    }
  return matrix;
}

/**
 * What places and kinds settle before any word is read. 0: other files; or two lines that one reviewer names, or that two rules of
 * analyzers do, since those know which line they mean. 1: the same kind of fault within a few lines. Undefined: words decide.
 */
export function isSettled(a: Report, b: Report): 0 | 1 | undefined {
  if (a.file === undefined || b.file === undefined) return undefined;
  if (a.file !== b.file) return 0;
  const isExact = a.by === b.by || (a.isFact === true && b.isFact === true);
  if (isExact && (a.line ?? 0) !== (b.line ?? 0)) return 0;
  if (!a.line || !b.line) return undefined;
  return a.category !== undefined && a.category === b.category && Math.abs(a.line - b.line) <= NEAR_LINES
    ? 1
    : undefined;
}

/** Near and far, as numbers; both 0 where a report has no place. */
function placeSignals(a: Report | undefined, b: Report | undefined): readonly [number, number] {
  if (!a?.line || !b?.line || a.file === undefined || a.file !== b.file) return [0, 0];
  const lines = Math.abs(a.line - b.line);
  return [lines <= NEAR_LINES ? 1 - lines / (NEAR_LINES + 1) : 0, lines > FAR_LINES ? 1 : 0];
}

/** `signals[i][j]` for j < i: what the model of pairs is given. */
export function pairSignals(reports: readonly Report[]): readonly (readonly (readonly number[])[])[] {
  const texts = reports.map(({ text }) => readReport(text));
  const terms = texts.map(({ words, names }) => new Set([...words, ...[...names].map((name) => `#${name}`)]));
  const rarity = rarityAmong(terms);
  const gramRarity = rarityAmong(texts.map(({ grams }) => grams));
  const mass = terms.map((each) => sum(each, rarity));
  const norm = texts.map(({ grams }) => Math.sqrt(sum(grams, (gram) => gramRarity(gram) ** 2)));
  return texts.map((a, i) =>
    texts.slice(0, i).map((b, j) => {
      const shared = sum(intersection(terms[i] ?? a.words, terms[j] ?? b.words), rarity);
      const least = Math.min(mass[i] ?? 0, mass[j] ?? 0);
      const gramShare = sum(intersection(a.grams, b.grams), (gram) => gramRarity(gram) ** 2);
      return [
        least === 0 ? 0 : shared / least,
        Math.log(1 + shared),
        gramShare / ((norm[i] ?? 0) * (norm[j] ?? 0) || 1),
        haveNames(a, b) ? 1 : 0,
        reports[i]?.by === reports[j]?.by ? 1 : 0,
        Math.log(reports.length),
        ...placeSignals(reports[i], reports[j]),
      ];
    }),
  );
}

function rarityAmong(sets: readonly ReadonlySet<string>[]): (term: string) => number {
  const counts = new Map<string, number>();
  for (const set of sets) for (const term of set) counts.set(term, (counts.get(term) ?? 0) + 1);
  return (term) => Math.log(1 + sets.length / (counts.get(term) ?? 1));
}

function intersection(a: ReadonlySet<string>, b: ReadonlySet<string>): readonly string[] {
  const [few, many] = a.size <= b.size ? [a, b] : [b, a];
  return [...few].filter((term) => many.has(term)).sort();
}

/** In the order of the terms, so that rounding is the same for a pair whichever way round it is asked. */
function sum(terms: Iterable<string>, weight: (term: string) => number): number {
  let total = 0;
  for (const term of terms) total += weight(term);
  return total;
}

function haveNames(a: ReportText, b: ReportText): boolean {
  return a.names.size > 0 && b.names.size > 0;
}
