/**
 * Takes a package.json `test` script apart: what stands before the runner, and how the runner is called. Flags for
 * reports can then be put where they belong without changing the project, and what the script does first still happens.
 */

export interface TestScript {
  readonly runner: 'vitest' | 'jest' | 'mocha' | 'node:test';
  /** Shell text before the runner (`tsc -b && NODE_ENV=test `), may be empty. */
  readonly before: string;
  /** Shell text of the runner's own arguments, may be empty. */
  readonly args: string;
}

/** Scripts that call scripts are followed this far. */
const MAXIMUM_DEPTH = 5;

const RUNNER =
  /^(?<before>(?:.*(?:&&|;)\s*)?(?:(?:npx|pnpm exec|yarn|bunx)\s+|cross-env\s+|(?:c8|nyc)\s+|[A-Za-z_]\w*=\S*\s+)*)(?<call>vitest|jest|mocha|node)(?=\s|$)(?<args>[^;&|]*)$/;
const DELEGATION = /^(?<before>(?:.*(?:&&|;)\s*)?)(?:npm|pnpm|yarn|bun)\s+(?:run\s+)?(?<name>[\w:.-]+)$/;

/** Undefined when the script ends in something that is no known runner, or in a pipe or an alternative of several. */
export function parseTestScript(
  scripts: Readonly<Record<string, string>>,
  name = 'test',
  depth = 0,
): TestScript | undefined {
  const script = scripts[name]?.trim();
  if (script === undefined || depth > MAXIMUM_DEPTH || /\|/.test(script.replace(/(['"])[^]*?\1/g, '')))
    return undefined;
  const delegated = DELEGATION.exec(script)?.groups;
  if (delegated?.['name'] !== undefined && Object.hasOwn(scripts, delegated['name'])) {
    const inner = parseTestScript(scripts, delegated['name'], depth + 1);
    return inner && { ...inner, before: `${delegated['before'] ?? ''}${inner.before}` };
  }
  const { before = '', call, args = '' } = RUNNER.exec(script)?.groups ?? {};
  // `npx` finds what PATH finds; without it nothing is ever fetched.
  const prefix = before.replace(/(?:npx|pnpm exec|yarn|bunx|c8|nyc)\s+$/, '');
  switch (call) {
    case 'vitest':
      return { runner: 'vitest', before: prefix, args: args.replace(/^\s+(?:run|watch|dev)\b/, '').trim() };
    case 'jest':
      return { runner: 'jest', before: prefix, args: args.trim() };
    case 'mocha':
      return { runner: 'mocha', before: prefix, args: args.trim() };
    case 'node':
      return /(?:^|\s)--test(?:\s|$)/.test(args)
        ? { runner: 'node:test', before: prefix, args: args.trim() }
        : undefined;
    default:
      return undefined;
  }
}

/** Quotes a word for a POSIX shell. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
