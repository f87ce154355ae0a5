/**
 * Who worked, as the commit of a turn says it. An attempt that adopts the commit may have another engine at hand than
 * the one that wrote it; evidence names the one that did.
 */
import { engineDescriptionSchema } from '../domain/activity-contracts.js';
import type { EngineWork } from '../domain/activity-contracts.js';
import { gitText } from '../git/git-command.js';

type Engine = EngineWork['engine'];

const TRAILER = 'Vishkar-Engine';

export function engineTrailer(engine: Engine): Readonly<Record<string, string>> {
  return { [TRAILER]: JSON.stringify(engine) };
}

/** Models that wrote the commits from `base` to `head`, as far as these say it. */
export async function commitModels(worktree: string, base: string, head: string): Promise<readonly string[]> {
  const format = `--format=%(trailers:key=${TRAILER},valueonly,unfold)`;
  const text = await gitText(['log', format, `${base}..${head}`, '--'], { cwd: worktree });
  return [...new Set(text.split('\n').flatMap((line) => readEngine(line)?.model ?? []))];
}

/** Undefined for a commit that does not say it. */
export async function readCommitEngine(worktree: string, sha: string): Promise<Engine | undefined> {
  const format = `--format=%(trailers:key=${TRAILER},valueonly,unfold)`;
  return readEngine(await gitText(['log', '-1', format, sha, '--'], { cwd: worktree }));
}

function readEngine(text: string): Engine | undefined {
  try {
    return engineDescriptionSchema.parse(JSON.parse(text));
  } catch {
    // A commit of a version that did not say it: the engine that is configured now is the best guess.
    return undefined;
  }
}
