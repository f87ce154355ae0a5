/**
 * Rust keeps unit tests in a module at the end of the file that they test. To run a story's tests without its change,
 * that module goes with the product code as it was before. Pure.
 */

const TESTS = /^#\[cfg\(test\)\]\s*\n(?:#\[[^\n]*\]\s*\n)*(?:pub(?:\([^)]*\))?\s+)?mod\s+\w+\s*\{/m;

/** The text before the change with the tests after it; the former as it is where the latter has none. */
export function withTestsOfHead(path: string, base: string, head: string): string {
  if (!path.endsWith('.rs')) return base;
  const [before, tests] = [TESTS.exec(base)?.index ?? base.length, TESTS.exec(head)?.index];
  return tests === undefined ? base : `${base.slice(0, before).trimEnd()}\n\n${head.slice(tests)}`;
}
