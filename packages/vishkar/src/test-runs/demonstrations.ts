/**
 * What a story's branch names to show its criteria where a test can't: commands with what they must end with and print,
 * and screenshots with the command that makes them (`tests/evidence/<KEY>.json`). They are run like any command of the
 * project; what is believed is the exit code, the output and the picture, not that somebody named them.
 */
import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { isAbsolute, join, relative } from 'node:path';
import { z } from 'zod';
import type { ProjectRunner, RunOptions } from './project-commands.js';

const base = {
  criterion: z.string().regex(/^AC-[0-9]+$/),
  /** `{outputFolder}` stands for a folder of this run. */
  argv: z.array(z.string().min(1)).min(1),
  timeoutMs: z.number().int().positive().max(600_000).default(60_000),
};

export const demonstrationSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('command'),
    ...base,
    exitCode: z.number().int().min(0).max(255).default(0),
    /** Text that it has to print. */
    output: z.string().min(1),
  }),
  z.strictObject({
    kind: z.literal('screenshot'),
    ...base,
    /** PNG or JPEG that it writes, below the output folder. */
    file: z.string().min(1),
  }),
]);

export const demonstrationsFileSchema = z.strictObject({
  schemaVersion: z.literal(1),
  story: z.string(),
  demonstrations: z.array(demonstrationSchema).min(1).max(50),
});

export type Demonstration = z.infer<typeof demonstrationSchema>;

export function demonstrationsPath(storyKey: string): string {
  return `tests/evidence/${storyKey}.json`;
}

/** The demonstrations of a file's text, or the sentence why it can't be read. */
export function readDemonstrations(text: string, storyKey: string): readonly Demonstration[] | string {
  const path = demonstrationsPath(storyKey);
  try {
    const file = demonstrationsFileSchema.parse(JSON.parse(text));
    return file.story === storyKey ? file.demonstrations : `${path} is of another story (${file.story})`;
  } catch (error) {
    const problem = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    return `${path} can't be read: ${problem}`;
  }
}

export interface Demonstrated {
  readonly holds: boolean;
  readonly seen: string;
  readonly files: readonly { readonly name: string; readonly path: string; readonly mediaType: string }[];
}

export async function demonstrate(
  demonstration: Demonstration,
  index: number,
  runner: Pick<ProjectRunner, 'runCommand'>,
  options: RunOptions,
): Promise<Demonstrated> {
  const { criterion, kind, argv, timeoutMs } = demonstration;
  const name = `evidence-${criterion}-${String(index + 1)}`;
  const outputFolder = join(options.outputFolder, name);
  await rm(outputFolder, { recursive: true, force: true });
  await mkdir(outputFolder, { recursive: true });
  const filled = argv.map((word) => word.replaceAll('{outputFolder}', outputFolder));
  const { logPath, ...result } = await runner.runCommand(
    { name, argv: filled, timeoutMs },
    { ...options, outputFolder },
  );
  const log = { name: `${name}-log`, path: logPath, mediaType: 'text/plain' };
  const wanted = kind === 'command' ? demonstration.exitCode : 0;
  if (result.timedOut) return { holds: false, seen: 'it had to be killed', files: [log] };
  if (result.exitCode !== wanted)
    return { holds: false, seen: `it ended with ${String(result.exitCode)}, not with ${String(wanted)}`, files: [log] };
  if (kind === 'command') {
    const isPrinted = (await readFile(logPath, 'utf8')).includes(demonstration.output);
    const seen = `${isPrinted ? 'it printed' : 'it did not print'} ${JSON.stringify(demonstration.output)}`;
    return { holds: isPrinted, seen, files: [log] };
  }
  return await lookAtPicture(outputFolder, demonstration.file, name, log);
}

async function lookAtPicture(
  folder: string,
  file: string,
  name: string,
  log: Demonstrated['files'][number],
): Promise<Demonstrated> {
  const path = join(folder, file.replace('{outputFolder}/', ''));
  const inside = relative(folder, path);
  if (inside.startsWith('..') || isAbsolute(inside))
    return { holds: false, seen: `${file} does not lie in the output folder`, files: [log] };
  const mediaType = await pictureType(path);
  if (mediaType === undefined) return { holds: false, seen: `${file} is no PNG or JPEG`, files: [log] };
  return { holds: true, seen: `it wrote ${file}`, files: [log, { name, path, mediaType }] };
}

/** By its first bytes; undefined when it is not there or something else. */
async function pictureType(path: string): Promise<string | undefined> {
  const file = await open(path, 'r').catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(24), 0, 24, 0);
    const start = buffer.subarray(0, bytesRead).toString('latin1');
    if (start.startsWith('\x89PNG\r\n\x1a\n') && bytesRead === 24 && buffer.readUInt32BE(16) > 0) return 'image/png';
    return start.startsWith('\xff\xd8\xff') ? 'image/jpeg' : undefined;
  } finally {
    await file.close();
  }
}
