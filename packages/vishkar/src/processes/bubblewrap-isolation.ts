/**
 * The sandbox of bubblewrap around an engine: it writes to its worktree, its home and its output, and sees nothing of the
 * person's home. Linux only, from the package `bubblewrap`; it needs user namespaces, which some hosts forbid.
 */
import { execFile } from 'node:child_process';
import { access, mkdir, realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, isAbsolute, join, sep } from 'node:path';
import { promisify } from 'node:util';
import { VishkarError } from '../errors.js';
import { gitText } from '../git/git-command.js';
import { bubblewrapArguments, installationOf, toolchainOf } from './bubblewrap-arguments.js';
import type { SandboxFacts } from './bubblewrap-arguments.js';
import type { ProcessIsolation, RunPlaces } from './isolation.js';

export interface BubblewrapOptions {
  /** Where PATH is looked up. */
  readonly environment: NodeJS.ProcessEnv;
  /** Default: the home of whoever runs us. */
  readonly personHome?: string;
  /** Default `bwrap`. */
  readonly program?: string;
}

/** Sockets of Docker, ssh agents, D-Bus and keyrings lie in them: a file system that is only read does not close a socket. */
const WITH_SOCKETS = ['/tmp', '/var/tmp', '/run'];
const CHECK_TIMEOUT_MS = 20_000;

export class BubblewrapIsolation implements ProcessIsolation {
  readonly level = 'bubblewrap';
  readonly gaps = [
    'the network is open: it can send away what it can read',
    'it can read system files, what lies outside of your home, and the repository with its git configuration',
    'what it writes runs outside of the sandbox when the project is built and tested',
  ];
  readonly #options: BubblewrapOptions;
  #checked: Promise<void> | undefined;

  constructor(options: BubblewrapOptions) {
    this.#options = options;
  }

  async check(): Promise<void> {
    await (this.#checked ??= this.#try());
  }

  async wrap(argv: readonly string[], places: RunPlaces): Promise<readonly string[]> {
    await this.check();
    await Promise.all([places.home, places.output].map((folder) => mkdir(folder, { recursive: true })));
    const [program = '', ...args] = argv;
    // A program that is a script: what came with it has to be seen, too.
    const script = args[0] !== undefined && /\.[cm]?js$/.test(args[0]) && isAbsolute(args[0]) ? [args[0]] : [];
    const facts = await this.#look([program, ...script], places);
    return [this.#program, ...bubblewrapArguments(facts), '--', program, ...args];
  }

  get #program(): string {
    return this.#options.program ?? 'bwrap';
  }

  /** Makes the smallest sandbox of the same kind: a program that is there may still be forbidden to do it. */
  async #try(): Promise<void> {
    const { PATH } = this.#options.environment;
    const probe = [
      ...['--unshare-user', '--unshare-pid', '--cap-drop', 'ALL'],
      ...['--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc', '--', 'true'],
    ];
    try {
      await promisify(execFile)(this.#program, probe, { env: { PATH }, timeout: CHECK_TIMEOUT_MS });
    } catch (cause) {
      const { code, stderr = '' } = cause as { code?: unknown; stderr?: string };
      const why = code === 'ENOENT' ? 'it is not installed' : stderr.trim().split('\n').at(-1) || String(code);
      throw new VishkarError('ISOLATION_NOT_AVAILABLE', `The sandbox of bubblewrap can't be used here: ${why}.`, {
        hint: 'Install it ("apt-get install bubblewrap") and allow user namespaces, or set "isolation": "worktree" for the engine.',
        cause,
      });
    }
  }

  /** `programs`: names or paths of what runs inside. */
  async #look(programs: readonly string[], given: RunPlaces): Promise<SandboxFacts> {
    const { environment, personHome = homedir() } = this.#options;
    const [worktree, home, output] = await Promise.all([
      realpath(given.worktree),
      realpath(given.home),
      realpath(given.output),
    ]);
    const person = await realpath(personHome).catch(() => undefined);
    const entries = (environment['PATH'] ?? '').split(delimiter).filter(isAbsolute);
    const found = await Promise.all(
      programs.map((each) => firstThatExists(isAbsolute(each) ? [each] : entries.map((entry) => join(entry, each)))),
    );
    const there = found.filter((path) => path !== undefined);
    const installed = [...there, ...(await Promise.all(there.map((path) => realpath(path))))];
    const toolchains = person === undefined ? entries : entries.map((entry) => toolchainOf(entry, person));
    const emptied = await thoseThatExist([
      ...WITH_SOCKETS,
      ...(person === undefined || person === sep ? [] : [person]),
    ]);
    const tools = [...toolchains, ...installed.map((each) => installationOf(each, emptied))];
    return {
      places: { worktree, home, output },
      emptied,
      toolFolders: await thoseThatExist(tools.filter((folder) => !emptied.includes(folder))),
      git: await lookAtGit(worktree),
    };
  }
}

async function lookAtGit(worktree: string): Promise<SandboxFacts['git']> {
  const text = await gitText(['rev-parse', '--path-format=absolute', '--git-common-dir', '--git-dir'], {
    cwd: worktree,
  });
  const [commonFolder, folder] = await Promise.all(text.split('\n').map((path) => realpath(path)));
  if (commonFolder === undefined || folder === undefined) return undefined;
  const pointers = ['commondir', 'gitdir', 'config.worktree'].map((name) => join(folder, name));
  return { commonFolder, folder, pointers: await thoseThatExist(pointers) };
}

async function thoseThatExist(paths: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all([...new Set(paths)].map(async (path) => ((await exists(path)) ? [path] : [])));
  return found.flat();
}

async function firstThatExists(paths: readonly string[]): Promise<string | undefined> {
  return (await thoseThatExist(paths))[0];
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}
