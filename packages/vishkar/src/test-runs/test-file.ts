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

const SETUP = [
  /(?:^|\/)(?:package(?:-lock)?\.json|npm-shrinkwrap\.json|pnpm-(?:lock|workspace)\.yaml|yarn\.lock|bun\.lockb?)$/,
  /(?:^|\/)(?:tsconfig[^/]*\.json|\.mocharc[^/]*|[^/]+\.config\.[cm]?[jt]s)$/,
  /(?:^|\/)(?:pyproject\.toml|setup\.(?:cfg|py)|tox\.ini|pytest\.ini|requirements[^/]*\.txt|(?:uv|poetry)\.lock)$/,
  /(?:^|\/)(?:go\.(?:mod|sum|work)|Cargo\.(?:toml|lock)|pom\.xml|[^/]+\.gradle(?:\.kts)?|gradle\.properties|libs\.versions\.toml)$/,
  /\.(?:slnx?|csproj|fsproj|vbproj|props|targets)$/,
];

/** What says how a project is built and tested, and what it depends on. */
export function isProjectSetup(path: string): boolean {
  return SETUP.some((pattern) => pattern.test(path));
}
