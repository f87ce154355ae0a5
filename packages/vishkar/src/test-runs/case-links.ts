/**
 * Links designed test cases to the tests that automate them: a test carries its case's id in its title. Pure.
 * An id in a comment, or in the title of a test that is skipped or still to be written, links to nothing.
 */
import type { TestCase } from '../domain/test-case.js';

export interface TestFileText {
  /** Relative to the repository. */
  readonly path: string;
  readonly text: string;
}

/** Path of the first file, by name, with a test for each case, by case id; cases without a test are absent. */
export function linkCases(
  cases: readonly Pick<TestCase, 'id'>[],
  testFiles: readonly TestFileText[],
): ReadonlyMap<string, string> {
  const files = [...testFiles].sort((a, b) => (a.path < b.path ? -1 : 1));
  const links = new Map<string, string>();
  for (const { id } of cases) {
    const file = files.find(({ path, text }) => (path.endsWith('.py') ? isInPython(text, id) : isInScript(text, id)));
    if (file !== undefined) links.set(id, file.path);
  }
  return links;
}

/** `it('…`, `test.each(table)('…`, and so on, directly before the title. */
const CALL = /\b(x?(?:it|test|describe|specify|suite)|[xf](?:it|describe|test))((?:\.\w+)*)\s*[(`<]/g;
const LEFT_OUT = /^x|\.(?:skip|todo|skipIf|fixme|fails?)\b/;

function isInScript(text: string, id: string): boolean {
  const title = new RegExp(`\\(\\s*(?:'[^'\\n]*|"[^"\\n]*|\`[^\`]*)${escaped(id)}(?!\\d)`, 'g');
  const code = withoutComments(text);
  for (const match of code.matchAll(title)) {
    const call = [...code.slice(0, match.index + 1).matchAll(CALL)].at(-1);
    if (call !== undefined && !LEFT_OUT.test(`${call[1] ?? ''}${call[2] ?? ''}`)) return true;
  }
  return false;
}

/** Python names hold no dashes: `def test_tc_demo_1_001_adds()`, or the id in the function's docstring. */
function isInPython(text: string, id: string): boolean {
  const name = escaped(id.replaceAll('-', '_').toLowerCase());
  const definition = `(?:^|\\n)(?<decorators>(?:[ \\t]*@[^\\n]*\\n)*)[ \\t]*(?:async[ \\t]+)?def test`;
  const byName = new RegExp(`${definition}\\w*${name}(?!\\d)`, 'gi');
  const byDocstring = new RegExp(
    `${definition}\\w*\\([^)]*\\)[^:\\n]*:\\s*(?:'''|"""|'|")[^'"]*${escaped(id)}(?!\\d)`,
    'g',
  );
  return [...text.matchAll(byName), ...text.matchAll(byDocstring)].some(
    (match) => !/mark\.(?:skip|xfail)/.test(match.groups?.['decorators'] ?? ''),
  );
}

/** Blanks comments out; `//` inside a string (a URL) may be taken for one, which loses no title that begins before it. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[^]*?\*\//g, '').replace(/(^|[\s;{}])\/\/[^\n]*/g, '$1');
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\-]/g, '\\$&');
