/**
 * The story workflow: one execution drives one story through the 17 steps. Deterministic; every decision that is not
 * comes from an activity's recorded result or from a person's message. Read `steps/` for what each step does.
 */
import { ApplicationFailure, CancellationScope, isCancellation, setHandler, workflowInfo } from '@temporalio/workflow';
import { accountReplySignal } from './account-messages.js';
import { callActivity } from './activity-caller.js';
import * as messages from './story-messages.js';
import { lookBeforeStep } from './look-at-story.js';
import { StoryRestarted } from './story-restarted.js';
import { StoryRun } from './story-run.js';
import { StoryStopped } from './story-stopped.js';
import { approve } from './steps/approve.js';
import { ci } from './steps/ci.js';
import { close } from './steps/close.js';
import { createPr } from './steps/create-pr.js';
import { designTests } from './steps/design-tests.js';
import { executeTests } from './steps/execute-tests.js';
import { feedback } from './steps/feedback.js';
import { implementTests } from './steps/implement-tests.js';
import { implement } from './steps/implement.js';
import { MergeQueueWait } from './steps/merge-queue.js';
import { prFeedback } from './steps/pr-feedback.js';
import { reviewPr } from './steps/review-pr.js';
import { select } from './steps/select.js';
import { verify } from './steps/verify.js';
import { approvalObjection, approve as addVote, reject } from '../domain/approval.js';
import { GUIDANCE_AT_MOST, GUIDANCE_CHARACTERS } from '../domain/guidance.js';
import { storyInputSchema } from '../domain/story-input.js';
import type { PullRequest } from '../domain/pull-request.js';
import type { StoryInput, StoryOutcome, StoryResult } from '../domain/story-input.js';

/** Throws ApplicationFailure `INVALID_INPUT` (not retried) when the input has an unknown or ill-formed field. */
export async function storyWorkflow(rawInput: unknown): Promise<StoryResult> {
  const run = new StoryRun(readInput(rawInput), lookBeforeStep);
  handleMessages(run);
  const startedAt = workflowInfo().startTime.toISOString();
  try {
    const closed = await driveToMerge(run, startedAt);
    run.finish('merged', `merged as ${closed.mergeSha}`);
    return result(run, closed.mergeSha, { seal: closed.receiptSeal, uri: closed.receiptUri });
  } catch (error) {
    if (error instanceof StoryStopped) return await stop(run, error.outcome, error.reason);
    if (isCancellation(error)) {
      await CancellationScope.nonCancellable(() => stop(run, 'cancelled', 'cancelled by request'));
    }
    throw error;
  }
}

async function driveToMerge(run: StoryRun, startedAt: string) {
  for (;;)
    try {
      return await driveOnce(run, startedAt);
    } catch (error) {
      if (!(error instanceof StoryRestarted)) throw error;
      run.notes.push(`${error.message}; the branch goes on as it is`);
      run.restart();
    }
}

async function driveOnce(run: StoryRun, startedAt: string) {
  await select(run);
  const implemented = await implement(run);
  await feedback(run, implemented);
  await verify(run);
  const cases = await designTests(run);
  const tests = await implementTests(run, cases);
  await executeTests(run, tests);
  const pullRequest = await createPr(run);
  const queue = new MergeQueueWait(run, pullRequest);
  for (;;) {
    await agreeOnHead(run, pullRequest);
    const closed = await close(run, pullRequest, queue, startedAt);
    if (closed !== 'moved') return closed;
  }
}

/** Steps 13 to 16, until one head is reviewed, green and approved; every other head starts over. */
async function agreeOnHead(run: StoryRun, pullRequest: PullRequest): Promise<void> {
  do {
    // A fix in CI or a push by hand makes another head: it is reviewed and checked like the first.
    let reviewedHead: string;
    do {
      const review = await reviewPr(run, pullRequest);
      await prFeedback(run, pullRequest, review);
      reviewedHead = run.headSha;
      await ci(run, pullRequest);
    } while (run.headSha !== reviewedHead);
  } while ((await approve(run, pullRequest)) !== 'approved');
}

function readInput(rawInput: unknown): StoryInput {
  const parsed = storyInputSchema.safeParse(rawInput);
  if (parsed.success) return parsed.data;
  const reasons = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'input'}: ${issue.message}`);
  throw ApplicationFailure.nonRetryable(`the story's input is not valid: ${reasons.join('; ')}`, 'INVALID_INPUT');
}

/** Leaves worktree, tracker and receipt as they should be, whatever step it stopped at. */
async function stop(run: StoryRun, outcome: Exclude<StoryOutcome, 'merged'>, reason: string): Promise<StoryResult> {
  const stopped = await callActivity(
    'stop_story',
    {
      jira_key: run.input.jira_key,
      ...(run.workIfAny === undefined ? {} : { work: run.workIfAny }),
      outcome,
      reason,
      ...run.workflowIds,
      evidence: run.evidence,
    },
    run.options,
  );
  await run.budget.count('close', stopped);
  run.finish(outcome, reason);
  return result(run, '', { seal: stopped.receiptSeal, uri: stopped.receiptUri });
}

function result(run: StoryRun, mergeCommit: string, receipt: StoryResult['receipt']): StoryResult {
  return {
    success: run.outcome === 'merged',
    pr_url: run.pullRequest?.url ?? '',
    outcome: run.outcome ?? 'abandoned',
    reason: run.reason,
    merge_commit: mergeCommit,
    review_rounds: run.reviewRounds.length,
    receipt,
  };
}

function handleMessages(run: StoryRun): void {
  setHandler(messages.statusQuery, () => run.view());
  setHandler(messages.evidenceQuery, () => run.evidence);
  setHandler(messages.findingsQuery, () => ({
    rounds: run.reviewRounds,
    open: run.findings.open,
    ledger: run.findings.ledger,
  }));

  setHandler(messages.approveSignal, (message) => {
    const headSha = message?.headSha ?? run.approval?.headSha ?? '';
    const objection = approvalObjection(run.parking.waiting?.for === 'approval' ? run.approval : undefined, headSha);
    if (objection !== undefined || run.approval === undefined) {
      run.notes.push(`an approval signal was not taken: ${objection ?? 'nothing to approve'}`);
      return;
    }
    const vote = {
      by: message?.by ?? 'signal',
      at: run.now(),
      comment: message?.comment ?? '',
      headSha,
      channel: 'signal',
    };
    run.approval = addVote(run.approval, vote);
  });
  setHandler(messages.rejectSignal, (message) => {
    if (run.approval?.status !== 'waiting') {
      run.notes.push('a rejection signal was not taken: nothing waits for approval');
      return;
    }
    run.approval = reject(run.approval, message?.by ?? 'signal', run.now(), message?.reason ?? 'no reason given');
  });

  setHandler(messages.outsideChangedSignal, () => {
    run.wake();
  });
  setHandler(accountReplySignal, async (reply) => await run.account?.takeReply(reply));

  const waitingApproval = () => (run.parking.waiting?.for === 'approval' ? run.approval : undefined);
  const demand = (objection: string | undefined) => {
    if (objection !== undefined) throw ApplicationFailure.nonRetryable(objection, 'NOT_NOW');
  };
  setHandler(
    messages.approveHeadUpdate,
    ({ by, comment, headSha }) => {
      demand(approvalObjection(run.approval, headSha));
      const before = run.approval;
      if (before === undefined) throw ApplicationFailure.nonRetryable('nothing to approve', 'NOT_NOW');
      return (run.approval = addVote(before, { by, at: run.now(), comment, headSha, channel: 'update' }));
    },
    { validator: ({ headSha }) => demand(approvalObjection(waitingApproval(), headSha)) },
  );
  setHandler(
    messages.rejectHeadUpdate,
    ({ by, reason }) => {
      if (run.approval === undefined) throw ApplicationFailure.nonRetryable('nothing to reject', 'NOT_NOW');
      return (run.approval = reject(run.approval, by, run.now(), reason));
    },
    { validator: ({ headSha }) => demand(approvalObjection(waitingApproval(), headSha)) },
  );
  setHandler(messages.guidanceQuery, () => run.guidance);
  setHandler(messages.steerUpdate, (message) => run.steer(message), {
    validator: ({ text }) => {
      if (text.trim() === '') demand('there is no message in it');
      if (text.length > GUIDANCE_CHARACTERS) demand(`it is longer than ${String(GUIDANCE_CHARACTERS)} characters`);
      if (run.guidance.length >= GUIDANCE_AT_MOST)
        demand('the story has been told enough; edit it, and start it again');
    },
  });
  setHandler(messages.decideFindingUpdate, (decision) => run.findings.decide(decision), {
    validator: ({ id, reason }) => {
      if (run.outcome !== null) demand('the story has ended');
      if (reason.trim() === '') demand('a decision needs a reason');
      run.findings.requireKnown(id);
    },
  });
  setHandler(messages.confirmUpdate, (message) => run.confirm(message), {
    validator: ({ criterion, reason }) => {
      const known = (run.workIfAny?.story.acceptanceCriteria ?? []).map(({ id }) => id);
      if (!known.includes(criterion))
        demand(`the story has no criterion ${criterion}${known.length === 0 ? '' : `, only ${known.join(', ')}`}`);
      if (reason.trim() === '') demand('it needs a reason: what was looked at');
      if (reason.length > GUIDANCE_CHARACTERS) demand(`it is longer than ${String(GUIDANCE_CHARACTERS)} characters`);
      if (run.confirmations.length >= GUIDANCE_AT_MOST) demand('enough was confirmed');
    },
  });
  setHandler(
    messages.answerUpdate,
    (answer) => {
      run.parking.takeAnswer(answer);
      return `"${answer.choice}" taken`;
    },
    {
      validator: (answer) => {
        if (!run.parking.answerWanted) demand('the story does not wait for a decision now');
        const options = run.parking.waiting?.options ?? [];
        if (!options.includes(answer.choice))
          demand(`"${answer.choice}" is not offered here; choose ${options.join(' or ')}`);
      },
    },
  );
}
