/**
 * The sandbox of bubblewrap around an engine: it writes to its worktree, its home and its output, sees nothing of the
 * person's home, and reaches its model and the hosts that are allowed. Linux only, from the package `bubblewrap`; it needs user namespaces, which some hosts forbid.
 */
import { execFile } from 'node:child_process';
import { access, mkdir, realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, isAbsolute, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { LookupFunction } from 'node:net';
import { VishkarError } from '../errors.js';
import { gitText } from '../git/git-command.js';
import { loopbackPorts, parseAllowedHost } from './allowed-hosts.js';
import type { AllowedHost } from './allowed-hosts.js';
import { bubblewrapArguments, installationOf, RELAY, toolchainOf } from './bubblewrap-arguments.js';
import type { SandboxFacts } from './bubblewrap-arguments.js';
import type { IsolatedProgram, ProcessIsolation, RunNetwork, RunPlaces } from './isolation.js';
import { NetworkGate } from './network-gate.js';

export interface BubblewrapOptions {
  /** Where PATH is looked up. */
  readonly environment: NodeJS.ProcessEnv;
  /** Default: the home of whoever runs us. */
  readonly personHome?: string;
  /** Default `bwrap`. */
  readonly program?: string;
  /** Hosts that it reaches beside its model; see `parseAllowedHost`. Default: none. */
  readonly allowHosts?: readonly string[];
  /** How names of hosts are resolved. Default: as this host does. */
  readonly lookup?: LookupFunction;
}

/** Sockets of Docker, ssh agents, D-Bus and keyrings lie in them: a file system that is only read does not close a socket. */
const WITH_SOCKETS = ['/tmp', '/var/tmp', '/run'];
/** As it was built, also for us in source: it is run by a Node of its own. */
const RELAY_FILE = fileURLToPath(new URL('../../dist/processes/sandbox-relay.js', import.meta.url));
const CHECK_TIMEOUT_MS = 20_000;

export class BubblewrapIsolation implements ProcessIsolation {
  readonly level = 'bubblewrap';
  readonly gaps: readonly string[];
  readonly #allowHosts: readonly AllowedHost[];
  readonly #options: BubblewrapOptions;
  #checked: Promise<void> | undefined;

  constructor(options: BubblewrapOptions) {
    const { allowHosts = [] } = options;
    this.#options = options;
    this.#allowHosts = allowHosts.map(parseAllowedHost);
    this.gaps = [
      `it can send what it can read to ${['its model', ...allowHosts].join(', ')}; it reaches no other address`,
      'it can read system files, what lies outside of your home, and the repository with its git configuration',
      'what it writes runs outside of the sandbox when the project is built and tested',
    ];
  }

  async check(): Promise<void> {
    await (this.#checked ??= this.#try());
  }

  async wrap(argv: readonly string[], places: RunPlaces, { ports, onAsked }: RunNetwork): Promise<IsolatedProgram> {
    await this.check();
    await Promise.all([places.home, places.output].map((folder) => mkdir(folder, { recursive: true })));
    const [program = '', ...args] = argv;
    // A program that is a script: what came with it has to be seen, too.
    const script = args[0] !== undefined && /\.[cm]?js$/.test(args[0]) && isAbsolute(args[0]) ? [args[0]] : [];
    const allowHosts = this.#allowHosts;
    const open = [...new Set([...ports, ...loopbackPorts(allowHosts)])];
    const facts = await this.#look([program, ...script, process.execPath], places);
    const gate = await NetworkGate.open({ allowHosts, ports: open, onAsked, lookup: this.#options.lookup });
    const options = bubblewrapArguments({ ...facts, network: { relay: RELAY_FILE, sockets: gate.folder } });
    const relay = [process.execPath, RELAY.program, RELAY.sockets, open.join(',')];
    return {
      argv: [this.#program, ...options, '--', ...relay, program, ...args],
      release: async () => await gate.close(),
    };
  }

  get #program(): string {
    return this.#options.program ?? 'bwrap';
  }

  /** Makes the smallest sandbox of the same kind: a program that is there may still be forbidden to do it. */
  async #try(): Promise<void> {
    const { PATH } = this.#options.environment;
    const probe = [
      ...['--unshare-user', '--unshare-pid', '--unshare-net', '--cap-drop', 'ALL'],
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
  async #look(programs: readonly string[], given: RunPlaces): Promise<Omit<SandboxFacts, 'network'>> {
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
