/**
 * What attempts at engine turns used, in files beside the story's runs: written through to the disk with every call to the
 * model, because an attempt that is killed can't report it. Whoever comes next does, until the workflow says that it was counted.
 */
import { mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncFolder } from '../durable-file.js';
import { usageSchema } from '../domain/usage.js';
import type { ReportedUsage, Usage } from '../domain/usage.js';
import type { UsageLog } from '../engines/coding-engine.js';
import { runFolder } from './story-worktree.js';
import type { StoryTools } from './story-tools.js';

type UsedBefore = NonNullable<ReportedUsage['usedBefore']>;

const END = '.jsonl';
/** Path and marker: `<run id>/<activity id>/<attempt>`; none of them holds an underscore. */
const fileOf = (marker: string) => `${marker.replaceAll('/', '_')}${END}`;
const markerOf = (file: string) => file.slice(0, -END.length).replaceAll('_', '/');

/** The log of one attempt; lines of calls that run side by side come one after the other. */
export class AttemptUsage implements UsageLog {
  readonly #path: string;
  #before: Promise<void> = Promise.resolve();
  #isThere = false;

  constructor(folder: string, marker: string) {
    this.#path = join(folder, fileOf(marker));
  }

  get isEmpty(): boolean {
    return !this.#isThere;
  }

  async add(usage: Usage): Promise<void> {
    const written = this.#before.then(() => this.#append(`${JSON.stringify(usage)}\n`));
    this.#before = written.catch(() => undefined);
    await written;
  }

  async #append(line: string): Promise<void> {
    const isFirst = !this.#isThere;
    this.#isThere = true;
    const file = await open(this.#path, 'a', 0o600);
    try {
      await file.appendFile(line);
      await file.datasync();
    } finally {
      await file.close();
    }
    if (isFirst) await syncFolder(dirname(this.#path));
  }
}

/** Folder of a story's records on this host. */
export async function usageFolder(tools: StoryTools, storyKey: string): Promise<string> {
  const folder = runFolder(tools, storyKey, 'usage');
  await mkdir(folder, { recursive: true });
  return folder;
}

/**
 * Records of other attempts of this run of the story that were not counted yet. Those that were, and those of earlier
 * runs, are removed.
 */
export async function usedBefore(
  folder: string,
  { runId, own, settled }: { readonly runId: string; readonly own: string; readonly settled: readonly string[] },
): Promise<UsedBefore> {
  const found: UsedBefore = [];
  for (const file of (await readdir(folder)).filter((name) => name.endsWith(END)).toSorted()) {
    const marker = markerOf(file);
    if (marker === own) continue;
    if (settled.includes(marker) || !marker.startsWith(`${runId}/`)) await rm(join(folder, file), { force: true });
    else found.push({ marker, usage: sumLines(await readFile(join(folder, file), 'utf8')) });
  }
  return found;
}

function sumLines(text: string): Usage {
  const lines = text.split('\n').flatMap((line) => {
    const parsed = usageSchema.safeParse(parse(line));
    return parsed.success ? [parsed.data] : [];
  });
  const sum = (name: 'inputTokens' | 'outputTokens' | 'costUsd') => {
    const known = lines.flatMap((line) => line[name] ?? []);
    return known.length === 0 ? {} : { [name]: known.reduce((all, each) => all + each, 0) };
  };
  return {
    source: lines.at(-1)?.source ?? 'none',
    ...sum('inputTokens'),
    ...sum('outputTokens'),
    ...sum('costUsd'),
  };
}

/** A line that was cut off by a power failure is none. */
function parse(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}
