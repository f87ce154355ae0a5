/** Which files of a project are tests: they are searched for the designed cases, and do not count as covered code. */

const TEST_FILE = [
  /(?:^|\/)(?:tests?|__tests__)\//,
  /[.-](?:test|spec)\.[cm]?[jt]sx?$/,
  /(?:^|\/)(?:test_[^/]*|[^/]*_test|conftest)\.py$/,
];

/** By its path relative to the repository, with slashes. */
export function isTestFile(path: string): boolean {
  return TEST_FILE.some((pattern) => pattern.test(path));
}
