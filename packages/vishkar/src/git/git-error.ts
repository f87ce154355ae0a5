/**
 * Turns a failed git call into a VishkarError: what happened, what to do, and whether trying again can help.
 * The boundary between git's messages (always English: LC_ALL=C) and our codes; credentials are masked here.
 */
import { existsSync } from 'node:fs';
import { VishkarError } from '../errors.js';
import { maskSecrets } from './mask-secrets.js';

export interface GitFailure {
  readonly args: readonly string[];
  readonly cwd: string;
  /** Undefined when git was killed or could not be started. */
  readonly exitCode: number | undefined;
  readonly stderr: string;
  readonly timedOut: boolean;
  readonly isOutputTooLarge: boolean;
  /** `ENOENT` and the like when the process could not be started. */
  readonly systemCode: string | undefined;
  readonly cause: unknown;
}

interface ErrorKind {
  readonly code: string;
  readonly pattern: RegExp;
  readonly hint: string;
  readonly retryable: boolean;
}

/** First match wins; the texts are git's own. */
const KINDS: readonly ErrorKind[] = [
  {
    code: 'GIT_DISK_FULL',
    pattern: /no space left on device|disk quota exceeded/i,
    hint: 'Free some disk space; the step is tried again.',
    retryable: true,
  },
  {
    code: 'GIT_LOCKED',
    pattern: /\.lock': File exists|Unable to create '.*\.lock'|cannot lock ref|unable to lock|could not lock/i,
    hint: 'Another git works in this repository; the step is tried again. If none does, remove the .lock file that is named.',
    retryable: true,
  },
  {
    code: 'GIT_AUTH_FAILED',
    pattern:
      /could not read (Username|Password)|Authentication failed|terminal prompts disabled|Permission denied \(|invalid credentials|HTTP 40[13]|returned error: 40[13]/i,
    hint: 'Make `git fetch` work in this repository without a question (credential helper, ssh agent or token).',
    retryable: false,
  },
  {
    code: 'GIT_REMOTE_UNREACHABLE',
    pattern:
      /Could not resolve host|Connection (refused|timed out|reset)|Network is unreachable|unable to access|early EOF|remote end hung up|unexpected disconnect|returned error: (429|5\d\d)/i,
    hint: 'The remote does not answer; the step is tried again. Check the network and the remote URL if it stays so.',
    retryable: true,
  },
  {
    code: 'GIT_REMOTE_NOT_FOUND',
    pattern: /does not appear to be a git repository|repository .* (not found|does not exist)|No such remote/i,
    hint: 'Check the remote with `git remote -v`; set one, or name another in the configuration.',
    retryable: false,
  },
  {
    code: 'GIT_TOO_OLD',
    pattern: /unknown (option|switch)|^usage: git /m,
    hint: 'Install git 2.38 or newer; `git --version` tells what is there.',
    retryable: false,
  },
  {
    code: 'GIT_NOT_A_REPOSITORY',
    pattern: /not a git repository/i,
    hint: 'Run this in a git repository, or create one with `git init`.',
    retryable: false,
  },
];

/** The error for a git call that failed. */
export function gitError(failure: GitFailure): VishkarError {
  const verb = failure.args.find((arg) => !arg.startsWith('-')) ?? 'command';
  if (failure.systemCode === 'ENOENT') {
    return new VishkarError('GIT_NOT_INSTALLED', 'The git program was not found on the PATH.', {
      hint: 'Install git 2.38 or newer.',
      cause: failure.cause,
    });
  }
  if (!existsSync(failure.cwd)) {
    return new VishkarError(
      'GIT_FOLDER_MISSING',
      `The folder ${failure.cwd} does not exist, so git ${verb} can't run in it.`,
      {
        hint: 'The worktree is built again from the story branch when the story goes on.',
        cause: failure.cause,
      },
    );
  }
  if (failure.timedOut) {
    return new VishkarError('GIT_TIMEOUT', `git ${verb} in ${failure.cwd} took too long and was ended.`, {
      hint: 'It is tried again; check the remote and the disk if it stays so.',
      retryable: true,
      cause: failure.cause,
    });
  }
  if (failure.isOutputTooLarge) {
    return new VishkarError('GIT_OUTPUT_TOO_LARGE', `git ${verb} in ${failure.cwd} printed more than can be held.`, {
      hint: 'Check for generated or huge text files in the change and ignore them in .gitignore.',
      cause: failure.cause,
    });
  }
  const said = maskSecrets(failure.stderr).trim();
  const kind = KINDS.find((candidate) => candidate.pattern.test(said));
  const ended = failure.exitCode === undefined ? 'was killed' : `ended with exit code ${failure.exitCode}`;
  return new VishkarError(
    kind?.code ?? 'GIT_FAILED',
    `git ${verb} in ${failure.cwd} ${ended}: ${lastLines(said) || 'it printed nothing'}`,
    {
      hint: kind?.hint ?? 'Read what git says; the same command can be run by hand in that folder.',
      // A killed git (machine shutting down, out of memory) has decided nothing.
      retryable: kind?.retryable ?? failure.exitCode === undefined,
      cause: failure.cause,
    },
  );
}

/** The error for a story branch that has commits on the remote which ours lacks, and the other way round. */
export function branchDiverged(branch: string, localSha: string, remoteSha: string): VishkarError {
  return new VishkarError(
    'BRANCH_DIVERGED',
    `${branch} is at ${localSha.slice(0, 12)} here and at ${remoteSha.slice(0, 12)} on the remote, and the remote has commits that are not ours.`,
    {
      hint: `Merge or drop one side by hand (git log ${localSha.slice(0, 12)}...${remoteSha.slice(0, 12)}), then let the story go on.`,
    },
  );
}

/** The end of git's output is where the reason stands; a message stays short enough for a history event. */
function lastLines(text: string): string {
  return text.split('\n').slice(-6).join('\n').slice(-1_000);
}
