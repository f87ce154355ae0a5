/**
 * What attempts at engine turns used, in files beside the story's runs: written through to the disk with every call to the
 * model, because an attempt that is killed can't report it. Whoever comes next does, until the workflow says that it was counted.
 */
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DurableLines, readLines } from '../durable-lines.js';
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

/** The log of one attempt. */
export class AttemptUsage implements UsageLog {
  readonly #lines: DurableLines;

  constructor(folder: string, marker: string) {
    this.#lines = new DurableLines(join(folder, fileOf(marker)));
  }

  get isEmpty(): boolean {
    return this.#lines.isEmpty;
  }

  async add(usage: Usage): Promise<void> {
    await this.#lines.add(usage);
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
    else found.push({ marker, usage: sumOf(await readLines(join(folder, file), usageSchema)) });
  }
  return found;
}

function sumOf(lines: readonly Usage[]): Usage {
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
