/**
 * `service.json`: where this project's running service listens, so that other commands on this host find it.
 * A hint, not a lock: whoever reads it asks at the address for the service's own id, since a killed process leaves the file
 * behind and its port to others, and the database's own lock decides who serves.
 */
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';

const serviceFileSchema = z.object({
  address: z.string().min(1),
  clusterId: z.string().min(1),
  pid: z.number().int().positive(),
});
export type ServiceRecord = z.infer<typeof serviceFileSchema>;

export async function readServiceFile(path: string): Promise<ServiceRecord | undefined> {
  try {
    const parsed = serviceFileSchema.safeParse(JSON.parse(await readFile(path, 'utf8')));
    return parsed.success ? parsed.data : undefined;
  } catch {
    // Missing or cut off by a kill: the same as no service.
    return undefined;
  }
}

export async function writeServiceFile(path: string, record: ServiceRecord): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${String(process.pid)}`;
  await writeFile(temporary, `${JSON.stringify(record)}\n`);
  await rename(temporary, path);
}

/** Removes our own record; another process's stays. */
export async function removeServiceFile(path: string): Promise<void> {
  const record = await readServiceFile(path);
  if (record?.pid === process.pid) await rm(path, { force: true });
}
