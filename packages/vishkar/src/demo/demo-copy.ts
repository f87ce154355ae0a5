/**
 * The demo's place: a working copy of an example with a bare remote of its own, in a numbered folder. One at a time is current:
 * unfinished, the next call goes on with it; finished, the next call makes another. Made aside and renamed, so a kill leaves a whole one or none.
 */
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { git } from '../git/git-command.js';
import { writeFileDurably } from '../durable-file.js';

export interface DemoCopy {
  /** Folder that holds everything of this copy. */
  readonly folder: string;
  /** The user's checkout, with the backlog. */
  readonly repository: string;
  /** The bare remote. */
  readonly remote: string;
  /** `VISHKAR_HOME` of this copy. */
  readonly home: string;
  /** True when an earlier call made it and did not finish. */
  readonly goesOn: boolean;
}

const currentSchema = z.object({ number: z.number().int().positive(), finished: z.boolean() });

/** Finished copies that are kept to be looked at. */
const KEPT = 2;

/** The current copy, or a new one of `example`. `config` is written as its vishkar.config.json. */
export async function openDemoCopy(
  root: string,
  example: string,
  config: Readonly<Record<string, unknown>>,
): Promise<DemoCopy> {
  await mkdir(root, { recursive: true });
  const current = await readCurrent(root);
  if (current !== undefined && !current.finished) return { ...placesOf(root, current.number), goesOn: true };
  const number = (current?.number ?? 0) + 1;
  await dropOld(root, number);
  const places = placesOf(root, number);
  const aside = `${places.folder}.making`;
  await rm(aside, { recursive: true, force: true });
  await rm(places.folder, { recursive: true, force: true });
  await make(aside, example, config);
  await rename(aside, places.folder);
  // The remote was made under the other name.
  await git(['remote', 'add', 'origin', places.remote], { cwd: places.repository });
  await git(['push', '--quiet', 'origin', 'main'], { cwd: places.repository });
  await writeCurrent(root, { number, finished: false });
  return { ...places, goesOn: false };
}

export async function finishDemoCopy(root: string): Promise<void> {
  const current = await readCurrent(root);
  if (current !== undefined) await writeCurrent(root, { ...current, finished: true });
}

export async function dropDemo(root: string): Promise<void> {
  await rm(root, { recursive: true, force: true });
}

function placesOf(root: string, number: number) {
  const folder = join(root, String(number));
  return {
    folder,
    repository: join(folder, 'project'),
    remote: join(folder, 'remote.git'),
    home: join(folder, 'home'),
  };
}

async function make(folder: string, example: string, config: Readonly<Record<string, unknown>>): Promise<void> {
  const repository = join(folder, 'project');
  await mkdir(folder, { recursive: true });
  await cp(example, repository, {
    recursive: true,
    filter: (source) => !/[\\/](node_modules|dist|coverage)$/.test(source),
  });
  await writeFile(join(repository, 'vishkar.config.json'), `${JSON.stringify(config, null, 2)}\n`);
  const identity = ['-c', 'user.name=Demo', '-c', 'user.email=demo@localhost'];
  await git(['init', '--quiet', '--initial-branch=main', '.'], { cwd: repository });
  await git(['add', '--all', '--', '.'], { cwd: repository });
  await git([...identity, 'commit', '--quiet', '--no-verify', '-m', 'The example as it is before the story'], {
    cwd: repository,
  });
  await git(['init', '--quiet', '--bare', '--initial-branch=main', '--', join(folder, 'remote.git')], {
    cwd: repository,
  });
}

async function readCurrent(root: string): Promise<z.infer<typeof currentSchema> | undefined> {
  try {
    const parsed = currentSchema.safeParse(JSON.parse(await readFile(join(root, 'current.json'), 'utf8')));
    return parsed.success ? parsed.data : undefined;
  } catch {
    // None yet, or thrown away by hand.
    return undefined;
  }
}

async function writeCurrent(root: string, current: z.infer<typeof currentSchema>): Promise<void> {
  await writeFileDurably(join(root, 'current.json'), `${JSON.stringify(current)}\n`);
}

async function dropOld(root: string, next: number): Promise<void> {
  for (const name of await readdir(root)) {
    const number = Number.parseInt(name, 10);
    if (number <= next - KEPT) await rm(join(root, name), { recursive: true, force: true });
  }
}
