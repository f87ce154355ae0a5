import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApplicationFailure, WorkflowFailedError } from '@temporalio/client';
import { waitUntil } from '@vishkar/testkit';
import { STEP_IDS } from '../../src/domain/step.js';
import {
  answerUpdate,
  confirmUpdate,
  decideFindingUpdate,
  approveHeadUpdate,
  approveSignal,
  evidenceQuery,
  findingsQuery,
  statusQuery,
} from '../../src/workflows/story-messages.js';
import type { StoryStatusView } from '../../src/workflows/story-messages.js';
import {
  angleReview,
  FAILING_REPORT,
  finding,
  mergedPullRequest,
  scriptActivities,
} from '../support/scripted-activities.js';
import { startWorkflowEnvironment } from '../support/workflow-environment.js';
import type { WorkflowEnvironment } from '../support/workflow-environment.js';

const DAY_MS = 24 * 60 * 60 * 1000;

let environment: WorkflowEnvironment;
beforeAll(async () => {
  environment = await startWorkflowEnvironment();
});
afterAll(() => environment.close());

type Handle = Awaited<ReturnType<WorkflowEnvironment['start']>>;

async function statusWhen(
  handle: Handle,
  what: string,
  holds: (status: StoryStatusView) => boolean,
): Promise<StoryStatusView> {
  let status: StoryStatusView | undefined;
  await waitUntil(
    async () => {
      status = await handle.query(statusQuery);
      return holds(status);
    },
    { what },
  );
  return status as StoryStatusView;
}

describe('the story workflow', () => {
  it('goes through all 17 steps in order, each with its evidence, and ends merged', async () => {
    const scripted = scriptActivities({ watch_pr: ({ headSha }) => ({ pullRequest: mergedPullRequest(headSha) }) });
    const handle = await environment.start(scripted);
    const result = await environment.result(handle);
    expect(result).toMatchObject({ success: true, outcome: 'merged', merge_commit: 'merge-1', review_rounds: 1 });
    expect(result.pr_url).not.toBe('');
    const status = await handle.query(statusQuery);
    expect(status.steps.map((step) => step.status)).toEqual(STEP_IDS.map(() => 'passed'));
    // Step 14, too, where no thread is open and so no activity is called.
    expect(status.steps.every((step) => step.attempts >= 1)).toBe(true);
    const evidence = await handle.query(evidenceQuery);
    expect([...new Set(evidence.map((item) => item.step))].sort()).toEqual([...STEP_IDS].sort());
    const order = evidence.map((item) => STEP_IDS.indexOf(item.step));
    // The four reviews may finish in any order; everything else is in the order of the steps.
    expect(order.filter((index) => index < 2 || index > 5)).toEqual([0, 1, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);
  });

  it('refuses input with an unknown field, by name', async () => {
    const handle = await environment.start(scriptActivities(), { jira_key: 'DEMO-1', priorty: 'high' });
    const error = await environment.result(handle).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(WorkflowFailedError);
    expect(String((error as WorkflowFailedError).cause?.message)).toContain('priorty');
  });

  it('lets the engine fix blocking findings and reviews the new head again, until the gate is met', async () => {
    let fixed = false;
    const scripted = scriptActivities({
      security_review: (input) => ({
        review: angleReview('security', input.headSha, input.round, fixed ? [] : [finding()]),
      }),
      fix_issues: () => {
        fixed = true;
        return {};
      },
      watch_pr: ({ headSha }) => ({ pullRequest: mergedPullRequest(headSha) }),
    });
    const handle = await environment.start(scripted);
    expect(await environment.result(handle)).toMatchObject({ success: true, review_rounds: 2 });
    expect(scripted.count('fix_issues')).toBe(1);
    const feedback = (await handle.query(evidenceQuery)).find((item) => item.step === 'feedback');
    expect(feedback?.data['rounds']).toMatchObject([{ passed: false }, { passed: true }]);
    expect(feedback?.data['fixes']).toMatchObject([{ findingId: 'F-0123456789ab' }]);
    expect((await handle.query(findingsQuery)).open).toEqual([]);
  });

  it('asks a person when the same findings come back, and takes an override with its reason', async () => {
    const scripted = scriptActivities({
      security_review: (input) => ({ review: angleReview('security', input.headSha, input.round, [finding()]) }),
      review_pr: ({ headSha }) => ({ verdict: 'approve', headSha }),
      watch_pr: ({ headSha }) => ({ pullRequest: mergedPullRequest(headSha) }),
    });
    const handle = await environment.start(scripted);
    const status = await statusWhen(handle, 'a decision is wanted', ({ waiting }) => waiting?.for === 'decision');
    expect(status.waiting).toMatchObject({ step: 'feedback', options: ['retry', 'override', 'abandon'] });
    expect(scripted.count('fix_issues')).toBe(1);
    await handle.executeUpdate(answerUpdate, { args: [{ choice: 'override', reason: 'false alarm', by: 'Ann' }] });
    expect(await environment.result(handle)).toMatchObject({ success: true });
    const feedback = (await handle.query(evidenceQuery)).find((item) => item.step === 'feedback');
    expect(feedback).toMatchObject({ verdict: 'overridden', by: 'Ann' });
    // What she lets be is settled: the review of the pull request does not raise it again.
    expect(scripted.calls.find(({ type }) => type === 'review_pr')?.input).toMatchObject({ open: [] });
    expect((await handle.query(findingsQuery)).ledger.findings).toMatchObject([
      { state: 'accepted', decision: { by: 'Ann', reason: 'false alarm' } },
    ]);
  });

  it('parks with the name of what is back when fixes go round in a circle', async () => {
    const faults = [finding(), finding({ id: 'F-bbbbbbbbbbbb', category: 'secret-in-source', line: 9 })];
    let turns = 0;
    const scripted = scriptActivities({
      security_review: ({ headSha, round }) => ({
        review: angleReview('security', headSha, round, faults.slice(turns % 2, (turns % 2) + 1)),
      }),
      fix_issues: () => {
        turns += 1;
        return {};
      },
    });
    const handle = await environment.start(scripted);
    const { waiting } = await statusWhen(
      handle,
      'a decision is wanted',
      (status) => status.waiting?.for === 'decision',
    );
    expect(scripted.count('fix_issues')).toBe(2);
    expect(waiting?.question).toContain('Findings repeat: F-0123456789ab (text of a user is executed) is back');
    await handle.terminate();
  });

  it('goes on without another turn of the engine once a person has refuted what blocks, and hears no more of it', async () => {
    const scripted = scriptActivities({
      security_review: ({ headSha, round }) => ({ review: angleReview('security', headSha, round, [finding()]) }),
      watch_pr: ({ headSha }) => ({ pullRequest: mergedPullRequest(headSha) }),
    });
    const handle = await environment.start(scripted);
    await statusWhen(handle, 'a decision is wanted', ({ waiting }) => waiting?.for === 'decision');
    const decision = { id: 'F-0123456789ab', verdict: 'refuted', by: 'Ann', reason: 'the text is a constant' } as const;
    for (const wrong of [{ id: 'F-000000000000' }, { reason: ' ' }])
      await expect(handle.executeUpdate(decideFindingUpdate, { args: [{ ...decision, ...wrong }] })).rejects.toThrow();
    expect(await handle.executeUpdate(decideFindingUpdate, { args: [decision] })).toContain('blocks no longer');
    await handle.executeUpdate(answerUpdate, { args: [{ choice: 'retry', reason: '', by: 'Ann' }] });
    expect(await environment.result(handle)).toMatchObject({ success: true });
    expect(scripted.count('fix_issues')).toBe(1);
    const feedback = (await handle.query(evidenceQuery)).find((item) => item.step === 'feedback');
    expect(feedback).toMatchObject({ verdict: 'passed' });
    expect(scripted.calls.find(({ type }) => type === 'store_feedback')?.input).toMatchObject({
      ledger: { findings: [{ state: 'refuted', decision: { by: 'Ann', reason: 'the text is a constant' } }] },
    });
  });

  it.each([
    ['asks whether the work of an earlier run stands', 'earlier', ['retry', 'override', 'abandon']],
    ['has nothing to go on with', 'base', ['retry', 'abandon']],
  ])('when the engine changes nothing %s', async (_title, headSha, options) => {
    const scripted = scriptActivities({
      select_task: () => ({ headSha }),
      execute_implementation: () => ({ outcome: 'no_change', headSha, files: [], commits: [] }),
      watch_pr: ({ headSha: head }) => ({ pullRequest: mergedPullRequest(head) }),
    });
    const handle = await environment.start(scripted);
    const status = await statusWhen(handle, 'a decision is wanted', ({ waiting }) => waiting?.for === 'decision');
    expect(status.waiting).toMatchObject({ step: 'implement', options });
    const choice = options.includes('override') ? 'override' : 'abandon';
    await handle.executeUpdate(answerUpdate, { args: [{ choice, reason: 'so be it', by: 'Ann' }] });
    expect(await environment.result(handle)).toMatchObject({
      outcome: choice === 'override' ? 'merged' : 'abandoned',
    });
    const evidence = await handle.query(evidenceQuery);
    expect(evidence.find((item) => item.step === 'implement')?.verdict).toBe(
      choice === 'override' ? 'overridden' : undefined,
    );
  });

  it('does not let ungrounded findings block', async () => {
    const scripted = scriptActivities({
      security_review: (input) => ({
        review: angleReview('security', input.headSha, input.round, [
          finding({ severity: 'critical', grounded: false }),
        ]),
      }),
      watch_pr: ({ headSha }) => ({ pullRequest: mergedPullRequest(headSha) }),
    });
    const handle = await environment.start(scripted);
    expect(await environment.result(handle)).toMatchObject({ success: true, review_rounds: 1 });
  });

  it('does not pass a criterion that nothing shows, until a person confirms it by name', async () => {
    const result = { case: 'TC-DEMO-1-001', file: 'a', test: 'a', outcome: 'passed', flaky: false } as const;
    const scripted = scriptActivities({
      run_tests: ({ cases }) => ({
        shown: {
          results: (cases ?? []).map(({ id }) => ({ ...result, case: id, withoutChange: 'passes' })),
          demonstrations: [],
          problems: [],
        },
      }),
      fix_tests: () => ({ outcome: 'no_change' }),
      watch_pr: ({ headSha }) => ({ pullRequest: mergedPullRequest(headSha) }),
    });
    const handle = await environment.start(scripted);
    const { waiting } = await statusWhen(
      handle,
      'a decision is wanted',
      (status) => status.waiting?.for === 'decision',
    );
    expect(waiting?.question).toContain('nothing shows that AC-1 holds');
    const word = { criterion: 'AC-1', by: 'Ann', reason: 'I tried it in the browser' };
    for (const wrong of [{ criterion: 'AC-9' }, { reason: ' ' }])
      await expect(handle.executeUpdate(confirmUpdate, { args: [{ ...word, ...wrong }] })).rejects.toThrow();
    expect(await handle.executeUpdate(confirmUpdate, { args: [word] })).toContain('answer "retry"');
    await handle.executeUpdate(answerUpdate, { args: [{ choice: 'retry', reason: '', by: 'Ann' }] });
    expect(await environment.result(handle)).toMatchObject({ success: true });
    const evidence = (await handle.query(evidenceQuery)).find((item) => item.step === 'test.execute');
    expect(evidence).toMatchObject({
      verdict: 'passed',
      data: {
        criteria: [{ id: 'AC-1', shown: true, confirmation: { ...word, headSha: expect.any(String) as string } }],
      },
    });
  });

  it('lets the engine fix failing tests, and stops for a person after three rounds', async () => {
    const scripted = scriptActivities({ run_tests: ({ headSha }) => ({ headSha, report: FAILING_REPORT }) });
    const handle = await environment.start(scripted);
    const status = await statusWhen(handle, 'a decision is wanted', ({ waiting }) => waiting?.for === 'decision');
    expect(status.waiting?.question).toContain('1 of 2 tests failed');
    expect(scripted.count('fix_tests')).toBe(3);
    await handle.executeUpdate(answerUpdate, { args: [{ choice: 'abandon', reason: 'not worth it', by: 'Ann' }] });
    expect(await environment.result(handle)).toMatchObject({ success: false, outcome: 'abandoned' });
    expect(scripted.count('stop_story')).toBe(1);
    expect(scripted.count('create_pr')).toBe(0);
  });

  it('waits seven days for approval, reminds after one, three and six, and then ends as expired with the branch kept', async () => {
    const scripted = scriptActivities();
    const handle = await environment.start(scripted);
    expect(await environment.result(handle)).toMatchObject({ success: false, outcome: 'expired' });
    const titles = scripted.calls
      .filter((call) => call.type === 'notify_person')
      .map((call) => (call.input as { title: string }).title);
    expect(titles).toEqual([
      'DEMO-1 waits for approval',
      'DEMO-1 still waits for approval',
      'DEMO-1 still waits for approval',
      'DEMO-1 still waits for approval',
    ]);
    expect(scripted.count('close_story')).toBe(0);
    const { startTime, closeTime } = await handle.describe();
    expect((closeTime?.getTime() ?? 0) - startTime.getTime()).toBeGreaterThanOrEqual(7 * DAY_MS);
  });

  it("takes the seed's approve signal for the head that is asked about", async () => {
    const scripted = scriptActivities();
    const handle = await environment.start(scripted);
    await statusWhen(handle, 'approval is wanted', ({ waiting }) => waiting?.for === 'approval');
    await handle.signal(approveSignal);
    expect(await environment.result(handle)).toMatchObject({ success: true });
    const approval = (await handle.query(evidenceQuery)).find((item) => item.step === 'approve');
    expect(approval?.data['votes']).toMatchObject([{ channel: 'signal' }]);
  });

  it('does not take an approval that comes before there is anything to approve', async () => {
    const scripted = scriptActivities({ watch_pr: ({ headSha }) => ({ pullRequest: mergedPullRequest(headSha) }) });
    const handle = await environment.start(scripted);
    await handle.signal(approveSignal);
    await environment.result(handle);
    expect((await handle.query(statusQuery)).notes.join()).toContain('not taken');
  });

  it('refuses an approval of another commit, and needs two people when two are required', async () => {
    const scripted = scriptActivities();
    const handle = await environment.start(scripted, { jira_key: 'DEMO-1', options: { requiredApprovers: 2 } });
    const { headSha } = await statusWhen(handle, 'approval is wanted', ({ waiting }) => waiting?.for === 'approval');
    const vote = (by: string, head: string) =>
      handle.executeUpdate(approveHeadUpdate, { args: [{ by, comment: '', headSha: head }] });
    await expect(vote('Ann', 'another')).rejects.toMatchObject({
      cause: { message: expect.stringContaining(headSha) },
    });
    expect(await vote('Ann', headSha)).toMatchObject({ status: 'waiting' });
    expect(await vote('Ann', headSha)).toMatchObject({ status: 'waiting' });
    expect(await vote('Bob', headSha)).toMatchObject({ status: 'approved' });
    expect(await environment.result(handle)).toMatchObject({ success: true });
  });

  it('voids an approval when the head has moved, reviews and checks the new one, and asks once more', async () => {
    let pushed = false;
    const scripted = scriptActivities({
      watch_pr: ({ headSha }) => {
        const moved = !pushed;
        pushed = true;
        return {
          pullRequest: { ...mergedPullRequest(headSha), state: 'open', headSha: moved ? 'pushed-by-hand' : headSha },
        };
      },
    });
    const handle = await environment.start(scripted);
    const first = await statusWhen(handle, 'approval is wanted', ({ waiting }) => waiting?.for === 'approval');
    await handle.executeUpdate(approveHeadUpdate, { args: [{ by: 'Ann', comment: '', headSha: first.headSha }] });
    const second = await statusWhen(
      handle,
      'approval is wanted again',
      ({ waiting, headSha }) => waiting?.for === 'approval' && headSha === 'pushed-by-hand',
    );
    expect(second.approval).toMatchObject({ votes: [], voided: 1, headSha: 'pushed-by-hand' });
    expect(scripted.count('review_pr')).toBe(2);
    expect(scripted.count('check_ci')).toBe(2);
    await handle.executeUpdate(approveHeadUpdate, { args: [{ by: 'Ann', comment: '', headSha: 'pushed-by-hand' }] });
    expect(await environment.result(handle)).toMatchObject({ success: true });
  });

  it('voids an approval when the head moves between approval and merge, and merges only what is approved again', async () => {
    let isMoved = false;
    const scripted = scriptActivities({
      watch_pr: ({ headSha }) => ({
        pullRequest: { ...mergedPullRequest(headSha), state: 'open', headSha: isMoved ? 'pushed-by-hand' : headSha },
      }),
      close_story: ({ headSha }) => {
        isMoved = true;
        if (headSha !== 'pushed-by-hand') throw ApplicationFailure.nonRetryable('moved', 'HEAD_MOVED');
        return {};
      },
    });
    const handle = await environment.start(scripted);
    const first = await statusWhen(handle, 'approval is wanted', ({ waiting }) => waiting?.for === 'approval');
    await handle.executeUpdate(approveHeadUpdate, { args: [{ by: 'Ann', comment: '', headSha: first.headSha }] });
    const again = await statusWhen(
      handle,
      'approval of the new head is wanted',
      ({ waiting, headSha }) => waiting?.for === 'approval' && headSha === 'pushed-by-hand',
    );
    expect(again.approval).toMatchObject({ votes: [], voided: 1 });
    expect(scripted.count('review_pr')).toBe(2);
    await handle.executeUpdate(approveHeadUpdate, { args: [{ by: 'Ann', comment: '', headSha: 'pushed-by-hand' }] });
    expect(await environment.result(handle)).toMatchObject({ success: true });
  });

  it('asks a person about a merge conflict, and reviews and asks about the head that resolves it', async () => {
    let isResolved = false;
    const scripted = scriptActivities({
      watch_pr: ({ headSha }) => ({
        pullRequest: { ...mergedPullRequest(headSha), state: 'open', headSha: isResolved ? 'resolved' : headSha },
      }),
      close_story: ({ headSha }) => {
        if (headSha !== 'resolved') throw ApplicationFailure.nonRetryable('both change a.ts', 'MERGE_CONFLICT');
        return {};
      },
    });
    const handle = await environment.start(scripted);
    const first = await statusWhen(handle, 'approval is wanted', ({ waiting }) => waiting?.for === 'approval');
    await handle.executeUpdate(approveHeadUpdate, { args: [{ by: 'Ann', comment: '', headSha: first.headSha }] });
    const asked = await statusWhen(handle, 'a decision is wanted', ({ waiting }) => waiting?.for === 'decision');
    expect(asked.waiting).toMatchObject({ step: 'close', question: expect.stringContaining('both change a.ts') });
    isResolved = true;
    await handle.executeUpdate(answerUpdate, { args: [{ choice: 'retry', reason: 'merged main', by: 'Ann' }] });
    await statusWhen(handle, 'approval of the resolved head is wanted', ({ waiting }) => waiting?.for === 'approval');
    await handle.executeUpdate(approveHeadUpdate, { args: [{ by: 'Ann', comment: '', headSha: 'resolved' }] });
    expect(await environment.result(handle)).toMatchObject({ success: true });
    expect((await handle.query(evidenceQuery)).filter((item) => item.step === 'close')).toMatchObject([
      { round: 1, verdict: 'failed' },
      { round: 2, verdict: 'passed' },
    ]);
  });

  it('waits for pending checks on a durable timer and spends no attempt on it', async () => {
    let asked = 0;
    const scripted = scriptActivities({
      check_ci: ({ headSha }) => {
        asked += 1;
        return asked < 5 ? { checks: { headSha, state: 'pending', runs: [] } } : {};
      },
      watch_pr: ({ headSha }) => (asked < 5 ? {} : { pullRequest: mergedPullRequest(headSha) }),
    });
    const handle = await environment.start(scripted);
    expect(await environment.result(handle)).toMatchObject({ success: true });
    expect(asked).toBe(5);
  });

  it('says that it waits for pending checks, and asks a person when they stay pending for a day', async () => {
    const scripted = scriptActivities({
      check_ci: ({ headSha }) => ({ checks: { headSha, state: 'pending', runs: [] } }),
    });
    const handle = await environment.start(scripted, { jira_key: 'DEMO-1', options: { askInTracker: false } });
    const waits = await statusWhen(handle, 'checks are waited for', ({ waiting }) => waiting?.for === 'checks');
    expect(waits).toMatchObject({ state: 'waiting', waiting: { step: 'ci' } });
    const { outcome, reason } = await environment.result(handle);
    expect({ outcome, reason }).toEqual({
      outcome: 'expired',
      reason: expect.stringMatching(/for a day no check of \S+ has begun/),
    });
    const { startTime, closeTime } = await handle.describe();
    expect((closeTime?.getTime() ?? 0) - startTime.getTime()).toBeGreaterThanOrEqual(8 * DAY_MS);
    // Ten minutes at most between two looks: a long wait does not fill the history.
    expect(scripted.count('check_ci')).toBeLessThan(160);
  });

  it('stops with a reason when the pull request is closed by hand', async () => {
    const scripted = scriptActivities({
      watch_pr: ({ headSha }) => ({ pullRequest: { ...mergedPullRequest(headSha), state: 'closed' } }),
    });
    const handle = await environment.start(scripted);
    expect(await environment.result(handle)).toMatchObject({ success: false, outcome: 'closed_outside' });
  });

  it('parks for a person when a worker answers outside its contract, and goes on after "retry"', async () => {
    let broken = true;
    const scripted = scriptActivities({
      design_tests: () => (broken ? ({ path: 7 } as never) : {}),
      watch_pr: ({ headSha }) => ({ pullRequest: mergedPullRequest(headSha) }),
    });
    const handle = await environment.start(scripted);
    const status = await statusWhen(handle, 'a decision is wanted', ({ waiting }) => waiting?.for === 'decision');
    expect(status.waiting).toMatchObject({ step: 'test.design', options: ['retry', 'abandon'] });
    expect(status.waiting?.question).toContain('path');
    await expect(
      handle.executeUpdate(answerUpdate, { args: [{ choice: 'override', reason: 'no', by: 'Ann' }] }),
    ).rejects.toMatchObject({ cause: { message: expect.stringContaining('not offered') } });
    broken = false;
    await handle.executeUpdate(answerUpdate, { args: [{ choice: 'retry', reason: 'worker mended', by: 'Ann' }] });
    expect(await environment.result(handle)).toMatchObject({ success: true });
  });

  it('cleans up when it is cancelled, at whatever step it is', async () => {
    const scripted = scriptActivities();
    const handle = await environment.start(scripted);
    await statusWhen(handle, 'approval is wanted', ({ waiting }) => waiting?.for === 'approval');
    await handle.cancel();
    await expect(environment.result(handle)).rejects.toThrow();
    expect((await handle.describe()).status.name).toBe('CANCELLED');
    expect(scripted.count('stop_story')).toBe(1);
  });

  it('is deterministic: every history of the tests above replays', async () => {
    const { histories, differences } = await environment.replayAll();
    expect(differences).toEqual([]);
    expect(histories).toBeGreaterThan(10);
  });
});
