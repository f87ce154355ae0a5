/** Which files of a project are tests: they are searched for the designed cases, and do not count as covered code. */

const TEST_FILE = [
  /(?:^|\/)(?:tests?|__tests__|androidTest|integrationTest)\//,
  /[.-](?:test|spec)\.[cm]?[jt]sx?$/,
  /(?:^|\/)(?:test_[^/]*|[^/]*_test|conftest)\.py$/,
  /_test\.(?:go|rs)$/,
  /(?:^|\/)[^/]*(?:Tests?|IT|Spec)\.(?:java|kt|groovy|scala|cs|fs|vb)$/,
  /(?:^|\/)[^/]*\.Tests?\//,
];

/** By its path relative to the repository, with slashes. */
export function isTestFile(path: string): boolean {
  return TEST_FILE.some((pattern) => pattern.test(path));
}

/** Where tests may be looked for: Rust keeps its unit tests inside the files that they test. */
export function mayHoldTests(path: string): boolean {
  return isTestFile(path) || path.endsWith('.rs');
}
