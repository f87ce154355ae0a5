/** Added lines that switch a checker off: the fault stays, only its report goes. */
import type { Angle, Severity } from '../../domain/finding.js';
import type { Analysis, Analyzer } from '../analyzer-panelist.js';
import type { Claim } from '../panelist.js';
import type { ReviewMaterial } from '../review-material.js';
import { isHandWritten, isPython, isScript } from './code-file.js';

interface Suppression {
  readonly pattern: RegExp;
  readonly files: RegExp;
  readonly severity: Severity;
  readonly what: string;
}

const SCRIPT = /\.[cm]?[jt]sx?$/;
const TYPED = /\.[cm]?tsx?$/;

const SUPPRESSIONS: readonly Suppression[] = [
  {
    pattern: /^\s*\/\/\s*@ts-(?:ignore|nocheck)\b/,
    files: SCRIPT,
    severity: 'medium',
    what: 'the type checker is switched off',
  },
  {
    pattern: /\beslint-disable(?!\S*.*--)/,
    files: SCRIPT,
    severity: 'medium',
    what: 'a lint rule is switched off without a reason',
  },
  { pattern: /\bas any\b|:\s*any\b/, files: TYPED, severity: 'low', what: 'the type is given up (any)' },
  { pattern: /#\s*type:\s*ignore(?!\[)/, files: /\.py$/, severity: 'medium', what: 'the type checker is switched off' },
  { pattern: /#\s*noqa(?!:)/, files: /\.py$/, severity: 'medium', what: 'all lint rules are switched off' },
];

export class SuppressionAnalyzer implements Analyzer {
  readonly name = 'suppressions';
  readonly version = '1';
  readonly angle: Angle = 'techstack';

  analyze(material: ReviewMaterial): Promise<Analysis> {
    const claims: Claim[] = [];
    const read = material.files.filter(({ path }) => (isScript(path) || isPython(path)) && isHandWritten(path));
    for (const { path, diff } of read)
      for (const { kind, newLine, text } of diff.lines) {
        if (kind !== 'added' || newLine === undefined) continue;
        for (const { pattern, files, severity, what } of SUPPRESSIONS)
          if (files.test(path) && pattern.test(text))
            claims.push({
              severity,
              category: 'suppressed-check',
              issue: what,
              file: path,
              line: newLine,
              suggestion:
                'Mend what it reports; where that is impossible, switch off one rule on one line and say why.',
              source: 'suppressions/added',
            });
      }
    return Promise.resolve({ files: read.length, claims });
  }
}
