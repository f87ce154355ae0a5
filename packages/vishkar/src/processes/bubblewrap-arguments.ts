/**
 * What a program in a bubblewrap sandbox sees of the file system, as a pure function. Later mounts lie over earlier ones:
 * everything read-only, then the folders with private things emptied, then what the run needs put back into them.
 */
import { basename, dirname, sep } from 'node:path';
import type { RunPlaces } from './isolation.js';

export interface SandboxFacts {
  readonly places: RunPlaces;
  /** Folders that are shown empty: the person's home, and those with sockets of services and agents. */
  readonly emptied: readonly string[];
  /** Folders of the toolchain and of the engine's program, read-only; those that are not hidden are left out. */
  readonly toolFolders: readonly string[];
  readonly git:
    | {
        /** Shared by all worktrees: configuration, hooks, refs, objects. */
        readonly commonFolder: string;
        /** Of this worktree: HEAD and index. Equal to the common one where the folder is no linked worktree. */
        readonly folder: string;
        /** Files in it that say where git finds its configuration, as far as they exist. */
        readonly pointers: readonly string[];
      }
    | undefined;
  /** The way to the few addresses that are reached. */
  readonly network: {
    /** The program of the relay, a file of ours. */
    readonly relay: string;
    /** Folder with the sockets of the gate. */
    readonly sockets: string;
  };
}

/** Where the relay and its sockets are seen inside. */
export const RELAY = { program: '/run/vishkar/relay.mjs', sockets: '/run/vishkar/net' };

/** Options of `bwrap`, up to `--`. */
export function bubblewrapArguments({ places, emptied, toolFolders, git, network }: SandboxFacts): readonly string[] {
  const isHidden = (path: string) => emptied.some((folder) => isInside(path, folder));
  const readOnly = (path: string) => ['--ro-bind', path, path];
  const writable = (path: string) => ['--bind', path, path];
  return [
    // Of its own: users (no rights are left), processes (nobody else's is seen; the last one takes all with it), IPC, and
    // the network: a loopback that nobody else is on, and no way out.
    ...['--unshare-user', '--unshare-pid', '--unshare-ipc', '--unshare-net', '--die-with-parent'],
    // Root keeps its rights over the sandbox otherwise, and could take the mounts away again.
    ...['--cap-drop', 'ALL'],
    ...['--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc'],
    ...emptied.flatMap((folder) => ['--tmpfs', folder]),
    ...['--ro-bind', network.relay, RELAY.program, '--ro-bind', network.sockets, RELAY.sockets],
    ...toolFolders.filter(isHidden).flatMap(readOnly),
    ...(git === undefined ? [] : gitMounts(git, writable, readOnly)),
    ...writable(places.worktree),
    ...(git === undefined ? [] : readOnly(`${places.worktree}/.git`)),
    ...writable(places.home),
    ...writable(places.output),
    ...['--setenv', 'TMPDIR', '/tmp', '--chdir', places.worktree],
  ];
}

/** Objects, HEAD and index may be written; configuration, hooks and branches not. */
function gitMounts(
  { commonFolder, folder, pointers }: NonNullable<SandboxFacts['git']>,
  writable: (path: string) => readonly string[],
  readOnly: (path: string) => readonly string[],
): readonly string[] {
  // Of a plain checkout everything lies in one folder, which is then only read.
  if (folder === commonFolder) return readOnly(commonFolder);
  return [
    ...readOnly(commonFolder),
    ...writable(`${commonFolder}/objects`),
    ...writable(folder),
    ...pointers.flatMap(readOnly),
  ];
}

/** They hold keys beside programs: of these no more is shown than has to be. */
const MIXED = new Set(['.local', '.cargo', '.config', '.docker']);

/** Of a program: the folder with all that came with it, unless that is one of the emptied or holds more than a program. */
export function installationOf(program: string, emptied: readonly string[]): string {
  const modules = program.indexOf(`${sep}node_modules${sep}`);
  if (modules >= 0) return program.slice(0, modules + `${sep}node_modules`.length);
  const folder = dirname(program);
  const isShared = (each: string) => emptied.includes(each) || MIXED.has(basename(each));
  const whole = basename(folder) === 'bin' ? dirname(folder) : folder;
  return [whole, folder].find((each) => !isShared(each)) ?? program;
}

/** Of an entry of PATH: the folder of its toolchain, unless that is a home or one that holds more than a toolchain. */
export function toolchainOf(entry: string, personHome: string): string {
  const parent = dirname(entry);
  const isToolchain = ['bin', 'shims'].includes(basename(entry)) && isInside(parent, personHome);
  return isToolchain && parent !== personHome && !MIXED.has(basename(parent)) ? parent : entry;
}

export function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}
