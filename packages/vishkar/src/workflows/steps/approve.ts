/**
 * Step 16: blocks until a person approves exactly the head that was reviewed and checked, for up to seven days. A
 * moved head voids what was given. Waiting is a condition and timers: it costs nothing.
 */
import { condition, patched } from '@temporalio/workflow';
import { askForApproval, expire, moveHead } from '../../domain/approval.js';
import type { ApprovalState } from '../../domain/approval.js';
import type { PullRequest } from '../../domain/pull-request.js';
import type { StoryRun } from '../story-run.js';
import { StoryStopped } from '../story-stopped.js';
import { lookAtStory } from '../look-at-story.js';
import { lookAtPullRequest } from './look-at-pull-request.js';

/** `moved`: somebody pushed to the branch; `commented`: somebody has something to say. Steps 13 to 15 run before the next question. */
export type ApprovalEnd = 'approved' | 'moved' | 'commented';

export async function approve(run: StoryRun, pullRequest: PullRequest): Promise<ApprovalEnd> {
  let end: ApprovalEnd | undefined;
  const before = run.approval;
  run.approval =
    before === undefined ? askForApproval(run.headSha, run.options.requiredApprovers) : moveHead(before, run.headSha);
  await run.runStep('approve', async () => {
    const since = Date.now();
    run.parking.begin({
      for: 'approval',
      step: 'approve',
      question: `may ${pullRequest.url} be merged at ${run.headSha}?${protectedWords(run)}`,
      since: run.now(),
      until: new Date(since + run.options.approvalExpiresMs).toISOString(),
      options: ['approve', 'reject'],
      releasedBy: `vishkar approve ${run.input.jira_key}`,
    });
    try {
      await run.notify('approve', 'waits for approval', `${pullRequest.url} at ${run.headSha}`);
      end = await waitForPerson(run, pullRequest, since);
    } finally {
      run.parking.end();
    }
    const state = run.approval as ApprovalState;
    // An approval that nobody gave must not be silent: whoever may approve hears of it before the merge.
    if (end === 'approved' && patched('approval-told'))
      await run.notify('approve', 'was approved', `${approvedBy(state)}: ${pullRequest.url} at ${run.headSha}`);
    return {
      verdict: end === 'approved' ? 'passed' : 'failed',
      by: state.votes.map((vote) => vote.by).join(', ') || 'workflow',
      summary: end === undefined || end === 'approved' ? approvedBy(state) : ENDED_BY[end],
      headSha: state.headSha,
      data: { votes: state.votes, voided: state.voided, waitedMs: Date.now() - since },
    };
  });
  if (end === undefined) throw new Error('the approval ended in no way');
  return end;
}

/** What decides over others is named where it is approved, also when somebody pushed it by hand. */
function protectedWords({ protectedFiles, protectedChanges }: StoryRun): string {
  if (protectedFiles.length === 0) return '';
  const named = protectedFiles.slice(0, 10).map((path) => {
    const allowed = protectedChanges.find((each) => each.path === path && each.decision === 'allowed');
    return allowed === undefined ? path : `${path} (allowed by ${allowed.by})`;
  });
  const more = protectedFiles.length > named.length ? [`and ${String(protectedFiles.length - named.length)} more`] : [];
  return ` It changes protected paths: ${[...named, ...more].join(', ')}`;
}

const ENDED_BY = {
  moved: 'the head moved while it waited: what was given is void',
  commented: 'somebody commented on it while it waited',
} as const;

async function waitForPerson(run: StoryRun, pullRequest: PullRequest, since: number): Promise<ApprovalEnd> {
  const expiresAt = since + run.options.approvalExpiresMs;
  const reminders = run.options.approvalRemindersMs.map((after) => since + after).sort((a, b) => a - b);
  let watchAt = since + run.options.watchIntervalMs;
  for (;;) {
    const until = Math.min(expiresAt, watchAt, reminders[0] ?? expiresAt);
    await condition(() => run.approval?.status !== 'waiting' || run.isWoken, Math.max(1, until - Date.now()));
    const state = run.approval as ApprovalState;
    if (state.status === 'rejected')
      throw new StoryStopped(
        'rejected',
        `${state.rejection?.by ?? 'somebody'} rejected it: ${state.rejection?.reason ?? ''}`,
      );
    // Whatever the timer says, look once more before an approval counts: the branch may have moved meanwhile.
    if (state.status === 'approved' || run.isWoken || Date.now() >= watchAt) {
      watchAt = Date.now() + run.options.watchIntervalMs;
      const seen = await lookAtPullRequest(run, 'approve', pullRequest);
      if (seen === 'moved') return 'moved';
      if (seen === 'commented' && run.approval?.status === 'waiting') return 'commented';
      if (seen !== 'merged') await lookAtStory(run, 'approve');
      if (seen === 'merged' || run.approval?.status === 'approved') return 'approved';
    }
    if (Date.now() >= expiresAt) {
      run.approval = expire(run.approval as ApprovalState);
      if (run.approval.status === 'expired')
        throw new StoryStopped('expired', 'nobody approved it within the time; the branch is kept');
    }
    if (reminders[0] !== undefined && Date.now() >= reminders[0]) {
      reminders.shift();
      await run.notify('approve', 'still waits for approval', `${pullRequest.url} at ${run.headSha}`);
    }
  }
}

function approvedBy(state: ApprovalState): string {
  if (state.votes.length === 0) return 'merged by hand, adopted as approval';
  return `approved by ${state.votes.map((vote) => `${vote.by} (${vote.channel})`).join(' and ')}`;
}
