/**
 * Step 17: merge of exactly the approved head, story to done, summary comment, worklog, receipt, worktree gone.
 * Each effect carries its own marker and adopts what an earlier attempt did, so a crash between any two leaves one of each.
 */
import type { EffectReceipt } from '../issue-tracker/issue-tracker.js';
import type { ActivityInput } from '../domain/activity-contracts.js';
import type { Evidence } from '../domain/evidence.js';
import { effectMarker } from '../domain/marker.js';
import type { ActivityBody } from './activity-server.js';
import { dropWorktree, settleReceipt, tellTracker } from './settle-story.js';
import type { StoryTools } from './story-tools.js';

export function closeStory(tools: StoryTools): ActivityBody<'close_story'> {
  return async (input, call) => {
    const { story, number, headSha, evidence } = input;
    const { key } = story;
    const marker = (effect: string) => effectMarker(key, 'close', 1, effect);
    call.report({ line: `merging pull request #${String(number)}` });
    const { mergeSha, adopted } = await tools.sourceHost.merge(
      { number, headSha, message: `${key}: ${story.title} (#${String(number)})` },
      marker('merge'),
    );
    const merge = { id: mergeSha, adopted };
    const limits = ['no documentation page is configured'];
    // Merged is merged: what a person did to the story in the tracker meanwhile changes nothing about that.
    const tell = async (what: string, effect: () => Promise<EffectReceipt>): Promise<EffectReceipt> => {
      const end = await tellTracker(effect);
      if ('told' in end) return end.told;
      limits.push(`no ${what} in the tracker: ${end.left}`);
      return { id: '', adopted: true };
    };
    const transition = await tell('move to done', () => tools.tracker.transition(key, 'done', marker('transition')));
    const at = new Date().toISOString();
    const entry = {
      seconds: workedSeconds(input, at),
      comment: 'Vishkar: time at work, waiting for people not counted',
      startedAt: input.startedAt,
    };
    const worklog = await tell('worklog', () => tools.tracker.worklog(key, entry, marker('worklog')));
    const closing: Evidence = {
      step: 'close',
      round: 1,
      verdict: 'passed',
      by: tools.identity,
      at,
      headSha,
      summary: `merged as ${mergeSha}`,
      limits: [],
      artifacts: [],
      data: { mergeSha, merge, transition, worklog },
    };
    const { workflowId, runId } = input;
    const receipt = await settleReceipt(tools, { story: key, workflowId, runId, outcome: 'merged' }, [
      ...evidence,
      closing,
    ]);
    const words = `Merged as ${mergeSha} by pull request #${String(number)}. Receipt ${receipt.receiptSeal}.`;
    const comment = await tell('comment', () => tools.tracker.comment(key, words, marker('comment')));
    await dropWorktree(tools, key);
    return {
      mergeSha,
      merge,
      transition,
      comment,
      worklog,
      receiptSeal: receipt.receiptSeal,
      receiptUri: receipt.receiptUri,
      limits,
      artifacts: [receipt.artifact],
    };
  };
}

/** From start to now, less what it waited for approval; at least a minute, as trackers count. */
function workedSeconds(input: ActivityInput<'close_story'>, at: string): number {
  const waitedMs = input.evidence
    .filter((item) => item.step === 'approve')
    .reduce((sum, item) => sum + (typeof item.data['waitedMs'] === 'number' ? item.data['waitedMs'] : 0), 0);
  const workedMs = Date.parse(at) - Date.parse(input.startedAt) - waitedMs;
  return Math.max(60, Math.round(workedMs / 1000));
}
