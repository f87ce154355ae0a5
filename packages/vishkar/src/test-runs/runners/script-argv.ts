/** Builds the command line of a runner that comes from npm: the project's own script with flags, or the runner alone. */
import { binFolders, findPackageBin } from '../node-project.js';
import { shellWord } from '../test-script.js';
import { runnerNotFound } from './runner-not-found.js';
import type { TestRunContext } from './test-runner.js';

/**
 * `command` is what stands between the script's prefix and its arguments (`vitest run`); flags come after them.
 * Throws VishkarError `TEST_RUNNER_NOT_FOUND` when the package is not in reach.
 */
export function packageRunnerArgv(
  context: TestRunContext,
  name: string,
  command: readonly string[],
  flags: readonly string[],
): readonly string[] {
  const bin = findPackageBin({ folder: context.worktree }, name);
  if (bin === undefined) throw runnerNotFound(`${name} is not installed in ${context.worktree} or above it.`);
  const { script, args } = context;
  if (script === undefined || args !== undefined)
    return [process.execPath, bin, ...command.slice(1), ...(args ?? []), ...flags];
  return shellArgv(`${script.before}${command.join(' ')} ${script.args} ${flags.map(shellWord).join(' ')}`);
}

/** The script language of package.json is the shell's; `scriptPath` gives it the PATH that a package manager would. */
export function shellArgv(text: string): readonly string[] {
  return ['sh', '-c', text.replace(/ +/g, ' ').trim()];
}

/** PATH with the commands of the project's packages in front, and the Node that runs us. */
export function scriptPath(worktree: string): string {
  return [...binFolders(worktree), process.env['PATH'] ?? ''].join(':');
}
