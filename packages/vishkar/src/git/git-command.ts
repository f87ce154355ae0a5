/**
 * Runs the git CLI: argv only, never a shell, with an environment and settings of our own so that a person's hooks,
 * pagers, diff drivers or a surrounding `git` process can't change what a step sees.
 *
 * The user's credentials keep working: system and global configuration (credential helpers, safe.directory, line
 * endings), the ssh agent and GIT_SSH_COMMAND stay; only what asks questions, runs hooks or changes output is overridden.
 * Every call carries `-C <folder>` in its argv: it is how `live-git.ts` recognises a git of ours that outlived its parent.
 */
import { execa } from 'execa';
import { childEnvironment } from '../processes/environment.js';
import { gitError } from './git-error.js';

/** Name and value of a setting: `['credential.helper', '']`. */
export type GitSetting = readonly [name: string, value: string];

export interface GitOptions {
  /** Folder that git works in: a repository, a worktree or a bare repository. */
  readonly cwd: string;
  readonly signal?: AbortSignal;
  /** Bytes for standard input. */
  readonly input?: string;
  /** Variables on top of the cleaned environment (author and committer identity). */
  readonly env?: Readonly<Record<string, string>>;
  /** Settings that hold a secret: they reach git, and what it starts, by the environment and stand in no argv, file or URL. */
  readonly secretSettings?: readonly GitSetting[] | undefined;
  /** Default 120,000. */
  readonly timeoutMs?: number;
  /** Exit codes that are an answer, not a failure. Default `[0]`. */
  readonly acceptedExitCodes?: readonly number[];
}

export interface GitResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

const DEFAULT_TIMEOUT_MS = 120_000;
const HARD_END_AFTER_MS = 5_000;
/** A diff or a file list past this is no longer reviewable; it also bounds memory. */
const MAX_OUTPUT_CHARACTERS = 256 * 1024 * 1024;

/** Settings that make output and behaviour the same on every machine; `-c` outranks every configuration file. */
const SETTINGS = [
  'core.hooksPath=/dev/null',
  'core.quotePath=false',
  'core.fsmonitor=false',
  'core.editor=:',
  'core.pager=cat',
  // Commits and refs that we report as done survive a power cut.
  'core.fsync=committed,loose-object',
  // Several stories share one repository: wait for another git's ref lock instead of failing at once.
  'core.filesRefLockTimeout=5000',
  'color.ui=false',
  'commit.gpgSign=false',
  'push.gpgSign=false',
  'gc.auto=0',
  'maintenance.auto=false',
  'advice.detachedHead=false',
  'protocol.ext.allow=never',
].flatMap((setting) => ['-c', setting]);

/** Variables by which a surrounding git (a hook that started us) or a person's shell would redirect or repaint ours. */
const FOREIGN_VARIABLES =
  /^GIT_(DIR|WORK_TREE|INDEX_FILE|COMMON_DIR|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|NAMESPACE|PREFIX|QUARANTINE_PATH|CEILING_DIRECTORIES|GRAFT_FILE|SHALLOW_FILE|REPLACE_REF_BASE|CONFIG|CONFIG_PARAMETERS|IMPLICIT_WORK_TREE|EXTERNAL_DIFF|DIFF_OPTS|PAGER|EDITOR|SEQUENCE_EDITOR|LITERAL_PATHSPECS|GLOB_PATHSPECS|NOGLOB_PATHSPECS|ICASE_PATHSPECS|INDEX_VERSION|(AUTHOR|COMMITTER)_\w+|TRACE\w*|CURL_VERBOSE)$/;

/** What lets a person's git in elsewhere: agents, key rings, credential helpers and how they ask; and the way out of a network. */
const OF_GIT =
  /^(?:GIT_|SSH_|GCM_|VSCODE_GIT_|GNUPGHOME$|GPG_|KRB5|XDG_|DISPLAY$|WAYLAND_DISPLAY$|DBUS_SESSION_BUS_ADDRESS$|VISHKAR_RUN_|(?:https?|all)_proxy$|USERPROFILE$|HOMEDRIVE$|HOMEPATH$|(?:LOCAL)?APPDATA$|Program)/i;

/** Tokens of ours and of other programs are none of git's business, nor of what it starts. */
function cleanEnvironment({ env, secretSettings = [] }: GitOptions): Record<string, string> {
  const pass = Object.keys(process.env).filter((name) => OF_GIT.test(name) && !FOREIGN_VARIABLES.test(name));
  const own = { GIT_TERMINAL_PROMPT: '0', GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C', ...env };
  return childEnvironment({
    pass,
    set: { ...own, ...settingVariables(secretSettings, process.env['GIT_CONFIG_COUNT']) },
  });
}

/** Behind the settings that a person gives the same way. */
function settingVariables(settings: readonly GitSetting[], given: string | undefined): Record<string, string> {
  if (settings.length === 0) return {};
  const first = /^\d+$/.test(given ?? '') ? Number(given) : 0;
  const pairs = settings.flatMap(([name, value], index) => [
    [`GIT_CONFIG_KEY_${String(first + index)}`, name],
    [`GIT_CONFIG_VALUE_${String(first + index)}`, value],
  ]);
  return { ...Object.fromEntries(pairs), GIT_CONFIG_COUNT: String(first + settings.length) };
}

/**
 * Runs `git -C <cwd> <args>` and returns what it printed.
 * Throws VishkarError (`GIT_FAILED` and its kin, see git-error.ts) for an exit code that is not accepted.
 */
export async function git(args: readonly string[], options: GitOptions): Promise<GitResult> {
  options.signal?.throwIfAborted();
  const deadline = AbortSignal.timeout(options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
  const child = execa('git', ['-C', options.cwd, ...SETTINGS, ...args], {
    env: cleanEnvironment(options),
    extendEnv: false,
    reject: false,
    stripFinalNewline: false,
    maxBuffer: MAX_OUTPUT_CHARACTERS,
    // A session of its own: a helper that talks to the network ends with its git, and ssh finds no terminal to ask on.
    detached: true,
    ...(options.input === undefined ? { stdin: 'ignore' as const } : { input: options.input }),
  });
  const stop = AbortSignal.any(options.signal === undefined ? [deadline] : [deadline, options.signal]);
  const release = endGroupOn(stop, child.pid);
  const result = await child.finally(release);
  const { exitCode } = result;
  if (exitCode !== undefined && !result.isMaxBuffer && (options.acceptedExitCodes ?? [0]).includes(exitCode)) {
    return { stdout: result.stdout, stderr: result.stderr, exitCode };
  }
  options.signal?.throwIfAborted();
  throw gitError({
    args,
    cwd: options.cwd,
    exitCode,
    stderr: result.stderr === '' ? result.stdout : result.stderr,
    timedOut: deadline.aborted,
    isOutputTooLarge: result.isMaxBuffer,
    systemCode: result.code,
    cause: result.cause,
  });
}

/** Ends git and its helpers when `stop` is aborted; returns what takes the listener away again. */
function endGroupOn(stop: AbortSignal, pid: number | undefined): () => void {
  if (pid === undefined) return () => undefined;
  let hardEnd: NodeJS.Timeout | undefined;
  const end = () => {
    // A git that is asked to end removes its lock files first.
    signalGroup(pid, 'SIGTERM');
    hardEnd = setTimeout(() => signalGroup(pid, 'SIGKILL'), HARD_END_AFTER_MS);
  };
  stop.addEventListener('abort', end, { once: true });
  return () => {
    stop.removeEventListener('abort', end);
    clearTimeout(hardEnd);
  };
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    // Windows has no process groups.
    process.kill(process.platform === 'win32' ? pid : -pid, signal);
  } catch (error) {
    // ESRCH: it has ended by itself in the meantime.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Runs git and returns its standard output without the last line end. */
export async function gitText(args: readonly string[], options: GitOptions): Promise<string> {
  return (await git(args, options)).stdout.replace(/\r?\n$/, '');
}
