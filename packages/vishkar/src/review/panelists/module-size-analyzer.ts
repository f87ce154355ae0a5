/** Files that a change makes too long, or adds too long: where a second concept hides. */
import type { Angle } from '../../domain/finding.js';
import { isTestFile } from '../../test-runs/test-file.js';
import type { Analysis, Analyzer } from '../analyzer-panelist.js';
import type { Claim } from '../panelist.js';
import type { ReviewMaterial } from '../review-material.js';
import { isHandWritten, isSource } from './code-file.js';

/** Most files of well-kept projects stay below; past it, readers lose the main path. */
const MAXIMUM_LINES = 500;

export class ModuleSizeAnalyzer implements Analyzer {
  readonly name = 'module-size';
  readonly version = '1';
  readonly angle: Angle = 'architecture';

  async analyze(material: ReviewMaterial): Promise<Analysis> {
    const isRead = (path: string) => isSource(path) && isHandWritten(path) && !isTestFile(path);
    const read = material.files.filter(({ path, text }) => text !== undefined && isRead(path));
    const claims: Claim[] = [];
    for (const file of read.filter(({ text }) => lineCount(text) > MAXIMUM_LINES)) {
      const [lines, before] = [lineCount(file.text), lineCount(await material.readBase(file))];
      if (before > MAXIMUM_LINES) continue;
      claims.push({
        severity: 'low',
        category: 'large-module',
        issue: `the file grows from ${String(before)} to ${String(lines)} lines`,
        file: file.path,
        line: 0,
        suggestion: `Ask what the second concept in it is, and give it a file (${String(MAXIMUM_LINES)} lines are plenty).`,
        source: 'module-size/maximum-lines',
      });
    }
    return { files: read.length, claims };
  }
}

function lineCount(text: string | undefined): number {
  return text === undefined ? 0 : text.split('\n').length;
}
