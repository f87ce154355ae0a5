/**
 * Which changed files analyzers read, by path. Rules of safety read every script, wherever it lies; rules of taste leave out
 * what nobody writes by hand. What a story keeps for itself in the repository is no code at all.
 */
const SCRIPT = /\.[cm]?[jt]sx?$/;
const PYTHON = /\.pyi?$/;
const SOURCE = /\.(?:[cm]?[jt]sx?|pyi?|go|rs|java|kt|rb|cs|php|swift|scala|c|cc|cpp|h|hpp)$/;
const NOT_BY_HAND =
  /(?:^|\/)(?:node_modules|dist|build|vendor|generated|coverage|__snapshots__)\/|\.min\.[cm]?js$|\.d\.[cm]?ts$/;
const STORY_FILE = /^(?:\.reviews\/|\.vishkar\/|tests\/cases\/[^/]+\.json$)/;

/** JavaScript or TypeScript. */
export function isScript(path: string): boolean {
  return SCRIPT.test(path);
}

export function isPython(path: string): boolean {
  return PYTHON.test(path);
}

/** Code of any language. */
export function isSource(path: string): boolean {
  return SOURCE.test(path);
}

export function isHandWritten(path: string): boolean {
  return !NOT_BY_HAND.test(path);
}

/** Findings, designed test cases and the backlog: they quote faults, and are none. */
export function isStoryFile(path: string): boolean {
  return STORY_FILE.test(path);
}
