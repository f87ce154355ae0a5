/**
 * What steps 17 and every other end have in common: the receipt is sealed and kept, and the worktree goes.
 * Branch and pull request stay whatever the end is.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { ArtifactRef } from '../domain/artifact.js';
import type { Evidence } from '../domain/evidence.js';
import { sealReceipt } from '../domain/receipt.js';
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

export async function dropWorktree(tools: StoryTools, storyKey: string): Promise<void> {
  await removeWorktree({ repository: tools.repository, worktree: join(tools.folders.worktrees, storyKey) });
}
