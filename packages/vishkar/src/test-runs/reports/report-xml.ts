/**
 * Reads the XML of test and coverage reports, which the code under test can influence: declared entities are refused
 * (they can blow up in memory), the size is capped by whoever reads the file, and what is not well-formed to its last
 * character is an error, because the parser by itself reads a document that was cut off as a short one.
 */
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { unreadableReport } from './test-results.js';

/** Attributes stand beside child elements; text is `#text`; elements of `LISTS` are always lists. */
export interface XmlElement {
  readonly [name: string]: string | XmlElement | readonly (XmlElement | string)[] | undefined;
}

const LISTS = new Set([
  ...['testsuite', 'testcase', 'failure', 'error', 'skipped'],
  ...['source', 'package', 'class', 'line', 'group', 'sourcefile', 'UnitTestResult', 'UnitTest'],
]);

// Elements that stand once around the repeated ones (`lines`, `classes`) are no lists.
const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseAttributeValue: false,
  parseTagValue: false,
  htmlEntities: true,
  isArray: (name, _path, _isLeaf, isAttribute) => !isAttribute && LISTS.has(name),
});

/** Returns the root element, checked to be one of `roots`. Throws VishkarError `TEST_REPORT_UNREADABLE`. */
export function parseReportXml(format: string, text: string, roots: readonly string[]): [string, XmlElement] {
  if (text.trim() === '') throw unreadableReport(format, 'it is empty');
  if (/<!ENTITY/i.test(text)) throw unreadableReport(format, 'it declares entities of its own');
  const validity = XMLValidator.validate(text);
  if (validity !== true) throw unreadableReport(format, `line ${String(validity.err.line)}: ${validity.err.msg}`);
  const document = parse(format, text);
  for (const root of roots) {
    const found = document[root];
    const element = isList(found) ? found[0] : found;
    if (element !== undefined) return [root, typeof element === 'string' ? {} : element];
  }
  throw unreadableReport(format, `its root is not ${roots.map((root) => `<${root}>`).join(' or ')}`);
}

function parse(format: string, text: string): XmlElement {
  try {
    return parser.parse(text) as XmlElement;
  } catch (error) {
    throw unreadableReport(format, error instanceof Error ? error.message : String(error), error);
  }
}

/** Child elements of a name in `LISTS`; an element without attributes or children is read as text and becomes empty. */
export function elements(parent: XmlElement, name: string): readonly XmlElement[] {
  const found = parent[name];
  if (found === undefined) return [];
  return (isList(found) ? found : [found]).map((each) => (typeof each === 'string' ? { '#text': each } : each));
}

/** An attribute or text; empty when absent. */
export function textOf(element: XmlElement, name: string): string {
  const found = element[name];
  return typeof found === 'string' ? found : '';
}

/** The one child element of a name that is not in `LISTS`; empty when absent. */
export function childOf(parent: XmlElement, name: string): XmlElement {
  const found = parent[name];
  return found === undefined || typeof found === 'string' || isList(found) ? {} : found;
}

const isList = (value: XmlElement[string]): value is readonly (XmlElement | string)[] => Array.isArray(value);
