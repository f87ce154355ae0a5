/** Reads Cobertura XML, as coverage.py and many others write it. File names are relative to one of its `<source>`s. */
import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { childOf, elements, parseReportXml, textOf } from '../reports/report-xml.js';
import { unreadableReport } from '../reports/test-results.js';
import { LineCoverageBuilder } from './line-coverage.js';
import type { LineCoverage } from './line-coverage.js';

/**
 * Throws VishkarError `TEST_REPORT_UNREADABLE`. `exists` tells which of several sources a file belongs to.
 */
export function readCoberturaReport(
  xml: string,
  roots: readonly string[],
  exists: (path: string) => boolean = existsSync,
): LineCoverage {
  const [, root] = parseReportXml('Cobertura', xml, ['coverage']);
  const sources = elements(childOf(root, 'sources'), 'source')
    .map((source) => textOf(source, '#text').trim())
    .filter(isAbsolute);
  const builder = new LineCoverageBuilder(roots);
  for (const entry of elements(childOf(root, 'packages'), 'package')) {
    for (const file of elements(childOf(entry, 'classes'), 'class')) {
      const name = textOf(file, 'filename');
      if (name === '') throw unreadableReport('Cobertura', 'a class has no filename');
      const hit = builder.file(resolve(name, sources, exists));
      for (const line of elements(childOf(file, 'lines'), 'line')) {
        const number = Number(textOf(line, 'number'));
        const hits = Number(textOf(line, 'hits'));
        if (!Number.isInteger(number) || number < 1 || !Number.isInteger(hits))
          throw unreadableReport('Cobertura', `a line of ${name} has no number or no hits`);
        hit(number, hits);
      }
    }
  }
  return builder.coverage();
}

function resolve(name: string, sources: readonly string[], exists: (path: string) => boolean): string {
  if (isAbsolute(name)) return name;
  return sources.map((source) => join(source, name)).find(exists) ?? name;
}
