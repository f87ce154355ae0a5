/**
 * Links designed test cases to the tests that automate them: a test carries its case's id in its title, or in its name
 * where the language allows no dashes. Pure. An id in a comment, or on a test that is skipped or still to be written,
 * links to nothing.
 */
import type { TestCase } from '../domain/test-case.js';
import type { TestOutcome } from './reports/test-results.js';

export interface TestFileText {
  /** Relative to the repository. */
  readonly path: string;
  readonly text: string;
}

export interface CaseLink {
  readonly path: string;
  /** Name of the test where it does not carry the id itself: the function below a docstring or a display name. */
  readonly test?: string;
}

/** The first file, by name, with a test for each case, by case id; cases without a test are absent. */
export function linkCases(
  cases: readonly Pick<TestCase, 'id'>[],
  testFiles: readonly TestFileText[],
): ReadonlyMap<string, CaseLink> {
  const files = [...testFiles].sort((a, b) => (a.path < b.path ? -1 : 1));
  const links = new Map<string, CaseLink>();
  for (const { id } of cases)
    for (const { path, text } of files) {
      const test = (FINDERS.find(([isOf]) => isOf.test(path))?.[1] ?? findInScript)(text, id);
      if (test === undefined) continue;
      links.set(id, { path, ...(carriesId(test, id) ? {} : { test }) });
      break;
    }
  return links;
}

/** The tests of a run that are the case's: by the id in their names, else by the linked test's own name. */
export function testsOfCase(
  id: string,
  link: CaseLink | undefined,
  tests: readonly TestOutcome[],
): readonly TestOutcome[] {
  const byId = tests.filter(({ name }) => carriesId(name, id));
  const name = link?.test;
  if (byId.length > 0 || name === undefined) return byId;
  // `shop.CartTest.adds`, `tests::adds`, `test_adds[1-2]`.
  const ofTest = new RegExp(`(?:^|[.:\\s])${escaped(name)}(?![\\w])`);
  return tests.filter((test) => ofTest.test(test.name));
}

/** `TC-DEMO-1-001`, `tc_demo_1_001`, or `TC_DEMO_1_001`, and no further digit. */
function carriesId(text: string, id: string): boolean {
  return new RegExp(`${id.split('-').map(escaped).join('[-_]')}(?!\\d)`, 'i').test(text);
}

type Finder = (text: string, id: string) => string | undefined;

/** `it('…`, `test.each(table)('…`, and so on, directly before the title. */
const CALL = /\b(x?(?:it|test|describe|specify|suite)|[xf](?:it|describe|test))((?:\.\w+)*)\s*[(`<]/g;
const LEFT_OUT = /^x|\.(?:skip|todo|skipIf|fixme|fails?)\b/;

function findInScript(text: string, id: string): string | undefined {
  const title = new RegExp(`\\(\\s*(?:'[^'\\n]*|"[^"\\n]*|\`[^\`]*)${escaped(id)}(?!\\d)`, 'g');
  const code = withoutComments(text);
  for (const match of code.matchAll(title)) {
    const call = [...code.slice(0, match.index + 1).matchAll(CALL)].at(-1);
    if (call !== undefined && !LEFT_OUT.test(`${call[1] ?? ''}${call[2] ?? ''}`)) return id;
  }
  return undefined;
}

/** `def test_tc_demo_1_001_adds()`, or the id in the function's docstring. */
function findInPython(text: string, id: string): string | undefined {
  const definition =
    /(?:^|\n)(?<marks>(?:[ \t]*@[^\n]*\n)*)[ \t]*(?:async[ \t]+)?def (?<name>test\w*)\([^)]*\)[^:\n]*:(?<docs>\s*(?:'''|"""|'|")[^'"]*)?/g;
  return firstTest(text, definition, id, (marks) => /mark\.(?:skip|xfail)/.test(marks));
}

/** `func TestTC_DEMO_1_001…`, or `t.Run("TC-DEMO-1-001 …")`. */
function findInGo(text: string, id: string): string | undefined {
  const code = withoutComments(text);
  const inner = [...code.matchAll(/\.Run\(\s*["`]([^"`\n]*)["`]/g)].some(([, title = '']) => carriesId(title, id));
  if (inner) return id;
  return firstTest(code, /(?<marks>)func (?<name>Test\w*)\([^)]*\)\s*\{(?<docs>)(?!\s*\w+\.Skip)/g, id, () => false);
}

/** `#[test] fn tc_demo_1_001_adds()`, with whatever attribute of a test (`#[tokio::test]`, `#[rstest]`). */
function findInRust(text: string, id: string): string | undefined {
  const definition = /(?<marks>(?:#\[[^\n]*\]\s*)+)(?<docs>)(?:pub\s+)?(?:async\s+)?fn\s+(?<name>\w+)/g;
  const isNoTest = (marks: string) => !/#\[(?:[\w:]*::)?(?:rs)?test\b/.test(marks) || /#\[ignore\b/.test(marks);
  return firstTest(withoutComments(text), definition, id, isNoTest);
}

/** `@Test void tc_demo_1_001()`, `@DisplayName("TC-DEMO-1-001 …")`, Kotlin's titles in backticks; C#'s attributes. */
function findInJvm(text: string, id: string): string | undefined {
  const definition =
    /(?<marks>(?<docs>(?:@\w[\w.]*(?:\([^)]*\))?\s*)+))(?:(?:public|protected|private|internal|final|static|suspend)\s+)*(?:fun\s+|[\w<>[\].]+\s+)(?<name>\w+|`[^`]+`)\s*\(/g;
  const isNoTest = (marks: string) => !/@\w*(?:Test|Property)\b/.test(marks) || /@(?:Disabled|Ignore)\b/.test(marks);
  return firstTest(withoutComments(text), definition, id, isNoTest);
}

function findInDotnet(text: string, id: string): string | undefined {
  const definition =
    /(?<marks>(?<docs>(?:\[[^\]\n]*(?:\([^)]*\))?[^\]\n]*\]\s*)+))(?:(?:public|internal|static|async)\s+)*[\w<>]+\s+(?<name>\w+)\s*\(/g;
  const isNoTest = (marks: string) => !/\b(?:Fact|Theory|Test\w*)\b/.test(marks) || /\bSkip\s*=|\bIgnore\b/.test(marks);
  return firstTest(withoutComments(text), definition, id, isNoTest);
}

/** Name of the first definition whose name or docs carry the id; groups `marks`, `name` and `docs`. */
function firstTest(
  text: string,
  definition: RegExp,
  id: string,
  isNoTest: (marks: string) => boolean,
): string | undefined {
  for (const { groups = {} } of text.matchAll(definition)) {
    const { marks = '', name = '', docs = '' } = groups;
    if (!isNoTest(marks) && (carriesId(name, id) || carriesId(docs, id))) return name.replaceAll('`', '');
  }
  return undefined;
}

const FINDERS: readonly (readonly [RegExp, Finder])[] = [
  [/\.py$/, findInPython],
  [/\.go$/, findInGo],
  [/\.rs$/, findInRust],
  [/\.(?:java|kt|groovy|scala)$/, findInJvm],
  [/\.(?:cs|fs|vb)$/, findInDotnet],
];

/** Blanks comments out; `//` inside a string (a URL) may be taken for one, which loses no title that begins before it. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[^]*?\*\//g, '').replace(/(^|[\s;{}])\/\/[^\n]*/g, '$1');
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\-]/g, '\\$&');
