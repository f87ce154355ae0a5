/**
 * The mark on every process group that we start, so that it can be found when we are gone: variables in its
 * environment (children inherit them, also those that leave the group) and a file that names the group's leader
 * (for hosts without /proc, and for children that dropped their environment).
 */
import { createHash, randomUUID } from 'node:crypto';
import { lstat, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { VishkarError } from '../errors.js';
import { processStart } from './process-table.js';

export const RUN_ID = 'VISHKAR_RUN_ID';
export const RUN_FOLDER = 'VISHKAR_RUN_FOLDER';
export const RUN_OWNER = 'VISHKAR_RUN_OWNER';

const stampFileSchema = z.object({
  runId: z.string(),
  folder: z.string(),
  host: z.string(),
  owner: z.string(),
  leader: z.object({ pid: z.number().int(), startedAt: z.string() }),
});
export type StampFile = z.infer<typeof stampFileSchema>;

/** `pid:start` of a process: who started a run, and whether that one still lives. */
export async function ownerIdentity(): Promise<string> {
  return `${String(process.pid)}:${(await processStart(process.pid)) ?? ''}`;
}

/** A fresh run id with the variables that carry it. Inside a run of another Vishkar both ids are carried on. */
export function stampVariables(folder: string, owner: string): { runId: string; variables: Record<string, string> } {
  const runId = randomUUID();
  const outer = process.env[RUN_ID];
  const chain = outer === undefined ? runId : `${outer},${runId}`;
  return { runId, variables: { [RUN_ID]: chain, [RUN_FOLDER]: folder, [RUN_OWNER]: owner } };
}

/** Whether a process with this stamp belongs to the run, directly or through a run inside it. */
export function carriesRun(stamp: Readonly<Record<string, string>>, runId: string): boolean {
  return stamp[RUN_ID]?.split(',').includes(runId) === true;
}

/** Folder of stamp files: per user, and cleared by the host when its processes are gone for certain. */
async function openStampFolder(): Promise<string> {
  const user = createHash('sha256').update(userInfo().username).digest('hex').slice(0, 8);
  const folder = join(tmpdir(), `vishkar-runs-${user}`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { uid } = await lstat(folder);
  // The temporary folder is everybody's: stamps that somebody else could write would tell us what to end.
  if (process.getuid !== undefined && uid !== process.getuid()) {
    throw new VishkarError('STAMP_FOLDER_FOREIGN', `${folder} belongs to another user of this host.`, {
      hint: `Remove ${folder}, or set TMPDIR to a folder of your own.`,
    });
  }
  return folder;
}

/** Writes the stamp file of a group and returns what removes it. */
export async function writeStampFile(stamp: Omit<StampFile, 'host'>): Promise<() => Promise<void>> {
  const folder = await openStampFolder();
  const path = join(folder, `${stamp.runId}.json`);
  // `wx`: nothing that somebody else prepared under this name is written through.
  await writeFile(path, JSON.stringify({ ...stamp, host: hostname() }), { flag: 'wx', mode: 0o600 });
  return async () => await rm(path, { force: true });
}

/** Stamp files of this host, whether their groups live or not. */
export async function readStampFiles(): Promise<readonly { stamp: StampFile; remove: () => Promise<void> }[]> {
  const folder = await openStampFolder();
  const names = await readdir(folder);
  const read = await Promise.all(names.map(async (name) => await readStampFile(join(folder, name))));
  return read.filter((each) => each !== undefined);
}

async function readStampFile(path: string) {
  let content: unknown;
  try {
    content = JSON.parse(await readFile(path, 'utf8'));
  } catch {
    // Removed by its owner meanwhile, or cut off while it was written: the environment stamp is left.
    return undefined;
  }
  const parsed = stampFileSchema.safeParse(content);
  if (!parsed.success || parsed.data.host !== hostname()) return undefined;
  return { stamp: parsed.data, remove: async () => await rm(path, { force: true }) };
}
