/**
 * What a turn of the engine changed of protected paths, taken out of its worktree and kept where the story's next activities and a
 * person find it. Kept on this host first, so that an attempt after a kill tells of it as well.
 */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { EngineWork, StoryWork } from '../domain/activity-contracts.js';
import { heldChangeSchema } from '../domain/protected-paths.js';
import type { ProtectedPaths } from '../domain/protected-paths.js';
import { writeFileDurably } from '../durable-file.js';
import { byPath, dropProtectedChanges, findProtectedChanges } from '../git/held-changes.js';
import type { HeldPatch } from '../git/held-changes.js';
import { protectedPathRule } from '../git/protected-paths.js';
import { runFolder } from './story-worktree.js';
import type { StoryTools } from './story-tools.js';

export interface HeldTurn {
  readonly work: StoryWork & { readonly protectedPaths: ProtectedPaths };
  readonly kind: string;
  readonly round: number;
  readonly runId: string;
  readonly worktree: string;
  /** An earlier attempt has committed already: what it held back is all there is. */
  readonly isOver: boolean;
}

export interface HeldBack {
  readonly changes: Pick<EngineWork, 'held' | 'heldPatch'>;
  readonly warnings: readonly string[];
}

const recordSchema = z.array(heldChangeSchema.extend({ patch: z.string() }));

export async function holdBack(tools: StoryTools, turn: HeldTurn): Promise<HeldBack> {
  const { work, worktree, kind, round, runId, isOver } = turn;
  if (work.protectedPaths.whenChanged === 'allow') return { changes: { held: [] }, warnings: [] };
  const folder = runFolder(tools, work.story.key, 'held');
  const record = join(folder, `${runId}-${kind}-${String(round)}.json`);
  const before = await readRecord(record);
  if (isOver) return await told(tools, before, []);
  const found = await findProtectedChanges(worktree, work.headSha, protectedPathRule(work.protectedPaths));
  const held = merged(before, found.held);
  if (found.held.length > 0) {
    await mkdir(folder, { recursive: true });
    await writeFileDurably(record, JSON.stringify(held));
  }
  await dropProtectedChanges(worktree, work.headSha, found);
  return await told(tools, held, found.ignored);
}

async function told(tools: StoryTools, held: readonly HeldPatch[], ignored: readonly string[]): Promise<HeldBack> {
  const warnings =
    ignored.length === 0
      ? []
      : [`the engine left ${ignored.join(', ')}, which git ignores; it was removed: it is protected`];
  if (held.length === 0) return { changes: { held: [] }, warnings };
  const patch = held.map((each) => each.patch).join('');
  return {
    changes: {
      held: held.map(({ path, change }) => ({ path, change })),
      heldPatch: await tools.artifacts.put('held-changes', patch, 'text/x-diff'),
    },
    warnings,
  };
}

/** What a later attempt did to the same path counts. */
function merged(before: readonly HeldPatch[], now: readonly HeldPatch[]): readonly HeldPatch[] {
  const latest = new Map([...before, ...now].map((each) => [each.path, each]));
  return [...latest.values()].sort(byPath);
}

async function readRecord(path: string): Promise<readonly HeldPatch[]> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '[]';
    throw error;
  });
  return recordSchema.parse(JSON.parse(text));
}
