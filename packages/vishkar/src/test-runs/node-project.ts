/**
 * What a Node project says about itself: its manifest, its package manager by lockfile, and whether what it depends on
 * is in reach. Reads only; nothing of the project is executed.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { VishkarError } from '../errors.js';

const manifestSchema = z.object({
  scripts: z.record(z.string(), z.string()).default({}),
  dependencies: z.record(z.string(), z.string()).default({}),
  devDependencies: z.record(z.string(), z.string()).default({}),
  packageManager: z.string().optional(),
  jest: z.unknown().optional(),
});

export type PackageManager = 'npm' | 'pnpm' | 'yarn' | 'bun';

export interface NodeProject {
  readonly folder: string;
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependsOn: ReadonlySet<string>;
  readonly packageManager: PackageManager;
  readonly lockfile: string | undefined;
}

const LOCKFILES: readonly (readonly [string, PackageManager])[] = [
  ['package-lock.json', 'npm'],
  ['npm-shrinkwrap.json', 'npm'],
  ['pnpm-lock.yaml', 'pnpm'],
  ['yarn.lock', 'yarn'],
  ['bun.lock', 'bun'],
  ['bun.lockb', 'bun'],
];

/** Undefined when there is no package.json. Throws VishkarError `PROJECT_UNREADABLE` when there is one that can't be read. */
export async function readNodeProject(folder: string): Promise<NodeProject | undefined> {
  const path = join(folder, 'package.json');
  if (!existsSync(path)) return undefined;
  const manifest = await readManifest(path);
  const [lockfile, byLockfile] = LOCKFILES.find(([name]) => existsSync(join(folder, name))) ?? [];
  const named = /^(npm|pnpm|yarn|bun)@/.exec(manifest.packageManager ?? '')?.[1] as PackageManager | undefined;
  return {
    folder,
    scripts: manifest.scripts,
    dependsOn: new Set([...Object.keys(manifest.dependencies), ...Object.keys(manifest.devDependencies)]),
    packageManager: byLockfile ?? named ?? 'npm',
    lockfile,
  };
}

async function readManifest(path: string): Promise<z.infer<typeof manifestSchema>> {
  try {
    return manifestSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    throw new VishkarError('PROJECT_UNREADABLE', `${path} can't be read as a package manifest.`, {
      hint: 'Mend package.json in the story branch.',
      cause: error,
    });
  }
}

/** Folder of a package as Node finds it from the project: in its own or a parent folder's node_modules. */
export function findPackage(project: Pick<NodeProject, 'folder'>, name: string): string | undefined {
  for (let folder = project.folder; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return candidate;
    if (dirname(folder) === folder) return undefined;
  }
}

/** Path of the script behind a package's command, to be run with Node itself. */
export function findPackageBin(project: Pick<NodeProject, 'folder'>, name: string): string | undefined {
  const folder = findPackage(project, name);
  if (folder === undefined) return undefined;
  const manifest = createRequire(import.meta.url)(join(folder, 'package.json')) as {
    bin?: string | Record<string, string>;
  };
  const bin = typeof manifest.bin === 'string' ? manifest.bin : manifest.bin?.[name];
  return bin === undefined ? undefined : join(folder, bin);
}

/** Folders that a package manager puts in front of PATH for scripts: the project's and its parents' node_modules/.bin. */
export function binFolders(folder: string): readonly string[] {
  const folders: string[] = [];
  for (let each = folder; ; each = dirname(each)) {
    const bin = join(each, 'node_modules', '.bin');
    if (existsSync(bin)) folders.push(bin);
    if (dirname(each) === each) return folders;
  }
}

/** The command that installs what is missing; undefined when everything that is declared is in reach already. */
export function installArgv(project: NodeProject): readonly string[] | undefined {
  if ([...project.dependsOn].every((name) => findPackage(project, name) !== undefined)) return undefined;
  switch (project.packageManager) {
    case 'npm':
      return project.lockfile === undefined ? ['npm', 'install', '--no-package-lock'] : ['npm', 'ci'];
    case 'pnpm':
    case 'bun':
      return [project.packageManager, 'install', '--frozen-lockfile'];
    case 'yarn':
      return ['yarn', 'install', '--immutable'];
  }
}
