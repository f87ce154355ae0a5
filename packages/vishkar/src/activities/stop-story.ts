/** Any end that is not a merge: the tracker is told the truth, the receipt is sealed, the worktree goes; branch and pull request stay. */
import type { StoryStatus } from '../domain/story.js';
import { effectMarker } from '../domain/marker.js';
import type { ActivityBody } from './activity-server.js';
import { usageFolder, usedBefore } from './attempt-usage.js';
import { dropWorktree, settleReceipt, tellTracker } from './settle-story.js';
import type { StoryTools } from './story-tools.js';

/** A cancelled story can be taken again at once; the other ends want a person to look first. */
const STATUS_AFTER: Readonly<Record<string, StoryStatus>> = { cancelled: 'todo' };

export function stopStory(tools: StoryTools): ActivityBody<'stop_story'> {
  return async ({ jira_key: key, work, outcome, reason, workflowId, runId, evidence }, call) => {
    const receipt = await settleReceipt(tools, { story: key, workflowId, runId, outcome }, evidence);
    await tellTracker(async () => {
      // Stopped in the middle of step 1: only a story that was claimed has to be told and put back.
      if (work === undefined && (await tools.tracker.get(key)).status !== 'in_progress') return;
      const kept = work === undefined ? '' : ` The branch \`${work.branch}\` is kept.`;
      await tools.tracker.comment(
        key,
        `Vishkar stopped: ${outcome}. ${reason}.${kept}`,
        effectMarker(key, 'close', 1, `stop/${runId}`),
      );
      await tools.tracker.transition(
        key,
        STATUS_AFTER[outcome] ?? 'blocked',
        effectMarker(key, 'close', 1, `stop-transition/${runId}`),
      );
    });
    await dropWorktree(tools, key);
    return {
      receiptSeal: receipt.receiptSeal,
      receiptUri: receipt.receiptUri,
      // Of engines that were stopped or killed, and that no later turn could tell of.
      usedBefore: await usedBefore(await usageFolder(tools, key), { runId, own: call.marker, settled: [] }),
      artifacts: [receipt.artifact],
    };
  };
}
