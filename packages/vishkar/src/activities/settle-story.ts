/**
 * What steps 17 and every other end have in common: the receipt is sealed and kept, and the worktree goes.
 * Branch and pull request stay whatever the end is.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { ArtifactRef } from '../domain/artifact.js';
import type { Evidence } from '../domain/evidence.js';
import { sealReceipt } from '../domain/receipt.js';
import { VishkarError } from '../errors.js';
import { removeWorktree } from '../git/worktree-list.js';
import type { StoryTools } from './story-tools.js';

export interface Settlement {
  readonly receiptSeal: string;
  readonly receiptUri: string;
  readonly artifact: ArtifactRef;
}

export async function settleReceipt(
  tools: StoryTools,
  header: { readonly story: string; readonly workflowId: string; readonly runId: string; readonly outcome: string },
  evidence: readonly Evidence[],
): Promise<Settlement> {
  const receipt = sealReceipt(header, evidence, (text) => createHash('sha256').update(text).digest('hex'));
  const artifact = await tools.artifacts.put('receipt', `${JSON.stringify(receipt, null, 2)}\n`, 'application/json');
  return { receiptSeal: receipt.seal, receiptUri: artifact.uri, artifact };
}

/** What a person did to the story in the tracker: there is nothing to be told there, and that holds up nothing else. */
const OUT_OF_REACH: ReadonlySet<string> = new Set(['STORY_NOT_FOUND', 'STORY_MOVED_AWAY', 'BACKLOG_FILE_INVALID']);

/** The reason, when a person deleted the story, moved it away or made it unreadable; anything else is thrown, to be tried again. */
export async function tellTracker<T>(
  tell: () => Promise<T>,
): Promise<{ readonly told: T } | { readonly left: string }> {
  try {
    return { told: await tell() };
  } catch (error) {
    if (error instanceof VishkarError && OUT_OF_REACH.has(error.code)) return { left: error.message };
    throw error;
  }
}

export async function dropWorktree(tools: StoryTools, storyKey: string): Promise<void> {
  await removeWorktree({ repository: tools.repository, worktree: join(tools.folders.worktrees, storyKey) });
}
