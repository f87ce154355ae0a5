/**
 * Reads JaCoCo's XML: lines of source files, which are named by package and file only, not by path. Where they lie is
 * asked of the caller. Groups (of several modules) hold packages or further groups.
 */
import { elements, parseReportXml, textOf } from '../reports/report-xml.js';
import type { XmlElement } from '../reports/report-xml.js';
import { unreadableReport } from '../reports/test-results.js';
import { LineCoverageBuilder } from './line-coverage.js';
import type { LineCoverage } from './line-coverage.js';

/**
 * `locate` gives the path of `shop/cart/Cart.java`; undefined when there is none (generated code), which is left out.
 * Throws VishkarError `TEST_REPORT_UNREADABLE`.
 */
export function readJacocoReport(
  xml: string,
  roots: readonly string[],
  locate: (name: string) => string | undefined,
): LineCoverage {
  const [, root] = parseReportXml('JaCoCo', xml, ['report']);
  const builder = new LineCoverageBuilder(roots);
  readPackages(root, builder, locate);
  return builder.coverage();
}

function readPackages(
  parent: XmlElement,
  builder: LineCoverageBuilder,
  locate: (name: string) => string | undefined,
): void {
  for (const group of elements(parent, 'group')) readPackages(group, builder, locate);
  for (const entry of elements(parent, 'package')) {
    for (const file of elements(entry, 'sourcefile')) {
      const name = [textOf(entry, 'name'), textOf(file, 'name')].filter((part) => part !== '').join('/');
      const path = locate(name);
      if (path === undefined) continue;
      const hit = builder.file(path);
      for (const line of elements(file, 'line')) {
        const number = Number(textOf(line, 'nr'));
        const instructions = Number(textOf(line, 'ci'));
        if (!Number.isInteger(number) || number < 1 || !Number.isInteger(instructions))
          throw unreadableReport('JaCoCo', `a line of ${name} has no number or no count`);
        hit(number, instructions);
      }
    }
  }
}
