/** Asks a tool for something by running it: what is there, and how it is set up, decides what a plan may ask for. */
import { childEnvironment } from '../../processes/environment.js';
import { runProcess } from '../../processes/process-runner.js';

const LIMIT_MS = 60_000;

/** The end of what it prints; undefined when it does not start or does not end well. */
export async function outputOf(
  argv: readonly string[],
  cwd: string,
  set: Readonly<Record<string, string>> = {},
): Promise<string | undefined> {
  const signal = new AbortController().signal;
  const result = await runProcess({ argv, cwd, env: childEnvironment({ set }), timeoutMs: LIMIT_MS, signal }).catch(
    () => undefined,
  );
  return result?.exitCode === 0 ? result.outputTail : undefined;
}

export async function succeeds(argv: readonly string[], cwd: string): Promise<boolean> {
  return (await outputOf(argv, cwd)) !== undefined;
}
