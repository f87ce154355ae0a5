/**
 * What some tests need and a machine may lack: the real Temporal dev server, pytest, a coding engine, a
 * browser. Such a test is skipped with the reason in its title ("skipped: needs ..."), which `npm test` lists,
 * so that a skip is never silent. A test that needs nothing special is never skipped.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'vitest';

/** Something that may be missing: how to call it in a sentence, and how to find it. */
export interface Need<T = unknown> {
  /** Completes "skipped: needs ...", with a word on how to get it. */
  readonly what: string;
  /** Looks for it; undefined when this machine has none. Called once per process. */
  find(): T | undefined;
}

/** Named needs, as {@link itNeeds} takes them. */
export type Needs = Readonly<Record<string, Need>>;

/** What was found, under the same names. */
export type Found<N extends Needs> = { readonly [K in keyof N]: N[K] extends Need<infer T> ? T : never };

/** Looks only once: a search may start a process. */
export function need<T>(what: string, find: () => T | undefined): Need<T> {
  let result: { readonly found: T | undefined } | undefined;
  return { what, find: () => (result ??= { found: find() }).found };
}

/** The path of a program: from a list of full paths, else the first on PATH with that name. */
export function findProgram(name: string, ...fullPaths: readonly string[]): string | undefined {
  const onPath = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, name));
  return [...fullPaths, ...onPath].find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    // Not there, or not for us: either way this is not the program.
    return false;
  }
}

const repositoryRoot = fileURLToPath(new URL('../../../', import.meta.url));
const goFolders = [process.env['GOBIN'], join(process.env['GOPATH'] ?? join(homedir(), 'go'), 'bin')];

/** The official Temporal CLI with its dev server: full path of the binary. */
export const temporalDevServer: Need<string> = need(
  'the Temporal CLI (go install github.com/temporalio/cli/cmd/temporal@v1.5.1)',
  () => findProgram('temporal', ...goFolders.flatMap((folder) => (folder ? [join(folder, 'temporal')] : []))),
);

/** A Python 3 that has pytest: full path of the interpreter. */
export const pytest: Need<string> = need('python3 with pytest (pip install pytest)', () => pythonWith('pytest'));

/** A Python 3 whose pytest measures coverage: full path of the interpreter. */
export const pytestCoverage: Need<string> = need('python3 with pytest-cov (pip install pytest-cov)', () =>
  pythonWith('pytest_cov'),
);

function pythonWith(module: string): string | undefined {
  const python = findProgram('python3');
  return python && spawnSync(python, ['-c', `import ${module}`], { stdio: 'ignore' }).status === 0 ? python : undefined;
}

/** A program that answers to a question about its version: `true` when it does. */
function toolchain(what: string, ...argv: readonly [string, ...string[]]): Need<true> {
  const [program, ...args] = argv;
  return need(what, () => (spawnSync(program, args, { stdio: 'ignore' }).status === 0 ? true : undefined));
}

export const goToolchain: Need<true> = toolchain('Go (apt-get install golang-go)', 'go', 'version');
export const cargo: Need<true> = toolchain('Cargo (apt-get install cargo)', 'cargo', '--version');
export const cargoCoverage: Need<true> = toolchain(
  'cargo-llvm-cov with its LLVM tools (cargo install cargo-llvm-cov)',
  ...(['cargo', 'llvm-cov', '--version'] as const),
);
export const maven: Need<true> = toolchain('Maven (apt-get install maven)', 'mvn', '--version');
export const gradle: Need<true> = toolchain('Gradle (apt-get install gradle)', 'gradle', '--no-daemon', '--version');

/** Time: what is left out of the short form of the long tests. */
export const longForm: Need<true> = need('the long form (npm run chaos)', () =>
  process.env['VISHKAR_LONG_TESTS'] === 'full' ? true : undefined,
);

/** The Goose coding engine: full path of the binary. */
export const goose: Need<string> = need('Goose (npm run engines:install)', () => {
  const binary = `@aaif/goose-binary-${process.platform}-${process.arch}/bin/goose`;
  return findProgram('goose', join(repositoryRoot, 'engines/goose/node_modules', binary));
});

/** The Aider coding engine: full path of the program. `AIDER_BIN` wins. */
export const aider: Need<string> = need('Aider (pip install aider-chat==0.86.2, or AIDER_BIN)', () =>
  findProgram('aider', ...[process.env['AIDER_BIN'] ?? []].flat()),
);

/** A bubblewrap that may make sandboxes here: full path of the program. */
export const bubblewrap: Need<string> = need('bubblewrap with user namespaces (apt-get install bubblewrap)', () => {
  const bwrap = findProgram('bwrap');
  const own = ['--unshare-user', '--unshare-pid', '--unshare-net'];
  const probe = [...own, '--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc', 'true'];
  return bwrap && spawnSync(bwrap, probe, { stdio: 'ignore' }).status === 0 ? bwrap : undefined;
});

/** A browser of the Chromium family: full path of the binary. `CHROMIUM_PATH` wins. */
export const chromium: Need<string> = need('Chromium (apt install chromium, or CHROMIUM_PATH)', () => {
  const given = process.env['CHROMIUM_PATH'];
  return (
    (given && isProgram(given) ? given : undefined) ??
    ['chromium', 'chromium-browser', 'google-chrome'].map((name) => findProgram(name)).find(Boolean)
  );
});

/** The `what` of every need that this machine does not meet. */
export function missing(needs: Needs): readonly string[] {
  return Object.values(needs).flatMap((each) => (each.find() === undefined ? [each.what] : []));
}

/** The title of a test that is left out, in the form that `npm test` lists. */
export function skippedTitle(title: string, whats: readonly string[]): string {
  return `${title} (skipped: needs ${whats.join(' and ')})`;
}

function findAll<N extends Needs>(needs: N): Found<N> {
  return Object.fromEntries(Object.entries(needs).map(([name, each]) => [name, each.find()])) as Found<N>;
}

/**
 * `it` for a test that needs something: it gets what was found, or is skipped with the reason in its title.
 *
 * @example
 * itNeeds({ temporal: temporalDevServer }, 'writes the same history', async ({ temporal }) => { ... });
 */
export function itNeeds<N extends Needs>(
  needs: N,
  title: string,
  body: (found: Found<N>) => unknown,
  timeoutMs?: number,
): void {
  const lacking = missing(needs);
  if (lacking.length > 0) it.skip(skippedTitle(title, lacking), () => undefined);
  else
    it(
      title,
      async () => {
        await body(findAll(needs));
      },
      timeoutMs,
    );
}

/**
 * `describe` for tests that all need something. Where it is missing the whole group counts as one skipped
 * test, since its body, which gets what was found, cannot run.
 */
export function describeNeeds<N extends Needs>(needs: N, title: string, body: (found: Found<N>) => void): void {
  const lacking = missing(needs);
  if (lacking.length > 0) it.skip(skippedTitle(title, lacking), () => undefined);
  else describe(title, () => body(findAll(needs)));
}
