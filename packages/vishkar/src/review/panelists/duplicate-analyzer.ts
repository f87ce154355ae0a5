/**
 * Blocks that a change copies: runs of lines, equal but for layout, that stand a second time in the sources at the head. A line
 * window is hashed and looked up; windows that follow one another are joined. Own code and not a package: tokenizers for every
 * language weigh more than the rest of the panel, and copied code is nearly always copied line by line.
 */
import type { Angle } from '../../domain/finding.js';
import { isTestFile } from '../../test-runs/test-file.js';
import type { Analysis, Analyzer } from '../analyzer-panelist.js';
import { isAddedLine } from '../grounding.js';
import type { Claim } from '../panelist.js';
import type { ReviewMaterial } from '../review-material.js';
import { isHandWritten, isSource } from './code-file.js';

/** Shorter runs are idiom: imports, option lists, the way a framework wants to be called. */
const MINIMUM_LINES = 12;

/** Files that are searched for the first copy; a larger repository is searched in part, and the record says so. */
const SEARCHED_FILES = 2_000;

interface Line {
  readonly number: number;
  readonly text: string;
}

interface Place {
  readonly path: string;
  /** Index in the counting lines of its file. */
  readonly index: number;
  readonly line: number;
}

export class DuplicateAnalyzer implements Analyzer {
  readonly name = 'duplicates';
  readonly version = '1';
  readonly angle: Angle = 'quality';

  async analyze(material: ReviewMaterial, signal: AbortSignal): Promise<Analysis> {
    const isRead = (path: string) => isSource(path) && isHandWritten(path) && !isTestFile(path);
    const read = material.files.filter(
      ({ path, text, diff }) => text !== undefined && isRead(path) && diff.additions >= MINIMUM_LINES,
    );
    if (read.length === 0) return { files: 0, claims: [] };
    const paths = (await material.paths()).filter(isRead);
    const places = new Map<string, Place[]>();
    for (const [path, text] of await material.readAll(paths.slice(0, SEARCHED_FILES))) {
      signal.throwIfAborted();
      for (const [index, window] of windowsOf(countingLines(text)).entries())
        places.set(window.key, [...(places.get(window.key) ?? []), { path, index, line: window.line }]);
    }
    const claims = read.flatMap((file) => copiesIn(file.path, file.text ?? '', places, material));
    const notes =
      paths.length > SEARCHED_FILES ? [`searched ${String(SEARCHED_FILES)} of ${String(paths.length)} files`] : [];
    return { files: read.length, claims, notes };
  }
}

function copiesIn(
  path: string,
  text: string,
  places: ReadonlyMap<string, readonly Place[]>,
  material: ReviewMaterial,
): readonly Claim[] {
  const lines = countingLines(text);
  const windows = windowsOf(lines);
  const claims: Claim[] = [];
  for (let index = 0; index < windows.length; index += 1) {
    const window = windows[index];
    if (window === undefined) break;
    const covered = lines.slice(index, index + MINIMUM_LINES);
    const first = (places.get(window.key) ?? []).find((place) => isFirstCopy(place, path, index, material));
    if (first === undefined || !covered.every(({ number }) => isAddedLine(material, path, number))) continue;
    // The run goes on as long as the windows after it have their copies in the same order.
    let end = index;
    while (
      (places.get(windows[end + 1]?.key ?? '') ?? []).some(
        (place) => place.path === first.path && place.index === first.index + end + 1 - index,
      )
    )
      end += 1;
    const length = end - index + MINIMUM_LINES;
    claims.push({
      severity: 'medium',
      category: 'duplicated-block',
      issue: `${String(length)} lines stand in ${first.path} from line ${String(first.line)} already`,
      file: path,
      line: window.line,
      suggestion: 'Give what both do a name of its own, and call it from both places.',
      source: 'duplicates/block',
    });
    index += length - 1;
  }
  return claims;
}

/** Of two copies that the change brings in, only the later one is named; of one file, only what does not overlap. */
function isFirstCopy(place: Place, path: string, index: number, material: ReviewMaterial): boolean {
  if (place.path === path) return place.index + MINIMUM_LINES <= index;
  return place.path < path || !isAddedLine(material, place.path, place.line);
}

/** Lines that say something: no blank ones, no lone brackets, no imports. */
function countingLines(text: string): readonly Line[] {
  return text
    .split('\n')
    .map((line, index) => ({ number: index + 1, text: line.replace(/\s+/g, ' ').trim() }))
    .filter((line) => /\w/.test(line.text) && !/^(?:import\b|from\b|export \* |\/\/|\/?\*|#)/.test(line.text));
}

function windowsOf(lines: readonly Line[]): readonly { readonly key: string; readonly line: number }[] {
  return lines.slice(0, Math.max(0, lines.length - MINIMUM_LINES + 1)).map((first, index) => ({
    key: lines
      .slice(index, index + MINIMUM_LINES)
      .map((line) => line.text)
      .join('\n'),
    line: first.number,
  }));
}
