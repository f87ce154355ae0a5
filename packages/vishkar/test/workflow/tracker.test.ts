/** What people do in the tracker while a story is under work: answers, edits, moves, deletion, and stories that it waits for. */
import { ApplicationFailure } from '@temporalio/client';
import { waitUntil } from '@vishkar/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Story } from '../../src/domain/story.js';
import { answerUpdate, evidenceQuery, outsideChangedSignal, statusQuery } from '../../src/workflows/story-messages.js';
import type { AnswerChoice, StoryStatusView } from '../../src/workflows/story-messages.js';
import { FAILING_REPORT, mergedPullRequest, scriptActivities, STORY } from '../support/scripted-activities.js';
import type { Answers, ScriptedActivities } from '../support/scripted-activities.js';
import { startWorkflowEnvironment } from '../support/workflow-environment.js';
import type { StoryHandle, WorkflowEnvironment } from '../support/workflow-environment.js';

let environment: WorkflowEnvironment;
beforeAll(async () => {
  environment = await startWorkflowEnvironment();
});
afterAll(() => environment.close());

const merged: Answers = { watch_pr: ({ headSha }) => ({ pullRequest: mergedPullRequest(headSha) }) };
const notYet = () => ApplicationFailure.retryable('nothing yet', 'STORY_UNCHANGED');
const inputsOf = (scripted: ScriptedActivities, type: string) =>
  scripted.calls.filter((call) => call.type === type).map(({ input }) => input as Record<string, unknown>);
const start = (scripted: ScriptedActivities, options: object = {}) =>
  environment.start(scripted, { jira_key: 'DEMO-1', options });
const answer = (handle: StoryHandle, choice: AnswerChoice, reason = 'so it is') =>
  handle.executeUpdate(answerUpdate, { args: [{ choice, reason, by: 'Ann' }] });

async function waiting(handle: StoryHandle): Promise<NonNullable<StoryStatusView['waiting']>> {
  let status: StoryStatusView | undefined;
  const isWaiting = async () => {
    status = await handle.query(statusQuery);
    return status.waiting !== null && status.waiting.for !== 'approval';
  };
  await waitUntil(isWaiting, { what: 'the story to wait' });
  return (status as StoryStatusView).waiting as NonNullable<StoryStatusView['waiting']>;
}

/** Says so once, with the failure's details. */
function failsOnce(type: string, details?: object): () => Record<string, never> {
  let isFirst = true;
  return () => {
    if (!isFirst) return {};
    isFirst = false;
    throw ApplicationFailure.nonRetryable('it does not know the unit', type, details);
  };
}

describe('a question', () => {
  it('of an engine is put into the tracker once, and the answer there is told to every turn after it', async () => {
    let isAnswered = false;
    const scripted = scriptActivities({
      ...merged,
      execute_implementation: failsOnce('ENGINE_ASKS', { question: 'Which unit?' }),
      await_story: () => {
        if (!isAnswered) throw notYet();
        return { reply: { by: 'Bea', at: '2026-01-01T00:00:00Z', text: 'Seconds.' } };
      },
    });
    const handle = await start(scripted);
    expect(await waiting(handle)).toMatchObject({ step: 'implement', question: 'the engine asks: Which unit?' });
    await waitUntil(() => scripted.count('await_story') === 1, { what: 'a look at the tracker' });
    isAnswered = true;
    // A webhook: the tracker is looked at now, and nobody is asked again.
    await handle.signal(outsideChangedSignal, 'comment_created');
    expect(await environment.result(handle)).toMatchObject({ outcome: 'merged' });
    expect(scripted.count('ask_in_tracker')).toBe(1);
    const told = [expect.objectContaining({ question: 'Which unit?', by: 'Bea', text: 'Seconds.', holdsFor: 'story' })];
    expect(inputsOf(scripted, 'execute_implementation').map(({ guidance }) => guidance)).toEqual([[], told]);
    expect(inputsOf(scripted, 'implement_tests')).toMatchObject([{ guidance: told }]);
    const evidence = (await handle.query(evidenceQuery)).filter(({ step }) => step === 'implement');
    expect(evidence).toMatchObject([{ data: { answers: told } }]);
    expect((await handle.query(statusQuery)).notes.join()).toContain('Bea decided "retry" at step implement: Seconds.');
  });

  it('about a gate goes on fixing when it is answered in the tracker, and is never overridden from there', async () => {
    let answers = 0;
    const scripted = scriptActivities({
      run_tests: ({ headSha }) => ({ headSha, report: FAILING_REPORT }),
      await_story: () => {
        answers += 1;
        if (answers > 1) throw notYet();
        return { reply: { by: 'Bea', at: '', text: 'override: I say that it is fine' } };
      },
    });
    const handle = await start(scripted);
    await waitUntil(() => scripted.count('fix_tests') === 6, { what: 'another three rounds' });
    expect(await waiting(handle)).toMatchObject({ step: 'test.execute', options: ['retry', 'override', 'abandon'] });
    const told = inputsOf(scripted, 'fix_tests').map(({ guidance }) => (guidance as unknown[]).length);
    expect(told).toEqual([0, 0, 0, 1, 1, 1]);
    expect(inputsOf(scripted, 'ask_in_tracker').map(({ marker }) => marker)).toHaveLength(2);
    await answer(handle, 'abandon');
    expect(await environment.result(handle)).toMatchObject({ outcome: 'abandoned' });
  });

  it('that nobody answers for a week leaves a short history, and so does a tracker that can not be asked', async () => {
    const scripted = scriptActivities({
      create_pr: () => {
        throw ApplicationFailure.nonRetryable('no right to push', 'SOURCE_HOST_FORBIDDEN');
      },
      ask_in_tracker: failsOnce('TRACKER_UNAUTHORIZED'),
    });
    const handle = await start(scripted, { activities: { await_story: { maximumIntervalMs: 6 * 3_600_000 } } });
    await waiting(handle);
    await waitUntil(async () => (await handle.query(statusQuery)).notes.join().includes('can not be asked'), {
      what: 'the note',
    });
    await answer(handle, 'retry');
    await waitUntil(() => scripted.count('await_story') === 1, { what: 'the second question' });
    const before = (await handle.describe()).historyLength;
    expect(await environment.result(handle)).toMatchObject({ outcome: 'expired' });
    expect(scripted.count('await_story')).toBeGreaterThan(20);
    expect((await handle.describe()).historyLength - before).toBeLessThan(40);
  });

  it('about a vague story is asked before anybody works on it, and an edit of the story settles it as well', async () => {
    const vague: Story = { ...STORY, acceptanceCriteria: [] };
    let story = vague;
    const scripted = scriptActivities({
      ...merged,
      select_task: () => ({ story }),
      watch_story: () => ({ story }),
      await_story: ({ otherThanRevision }) => {
        if (story.revision === otherThanRevision) throw notYet();
        return { reply: null };
      },
    });
    const handle = await start(scripted, { askWhenVague: true });
    expect(await waiting(handle)).toMatchObject({ step: 'select' });
    story = { ...STORY, revision: 'r2' };
    await handle.signal(outsideChangedSignal);
    expect(await environment.result(handle)).toMatchObject({ outcome: 'merged' });
    expect(inputsOf(scripted, 'execute_implementation')).toMatchObject([{ story, guidance: [] }]);
  });
});

describe('a story that a person', () => {
  const changed = (change: Partial<Story> | null, more: Answers = merged) => {
    const story = change === null ? null : { ...STORY, ...change };
    return scriptActivities({ ...more, watch_story: () => ({ story }) });
  };

  it.each([
    ['cancels', { status: 'cancelled' } as const, 'somebody set it to "cancelled" in the tracker'],
    ['finishes elsewhere', { status: 'done' } as const, 'somebody set it to "done" in the tracker'],
    ['deletes', null, 'it was deleted in the tracker, or is hidden from us now'],
  ])('%s ends with that reason, its branch kept', async (_what, change, reason) => {
    const scripted = changed(change);
    const handle = await start(scripted);
    expect(await environment.result(handle)).toMatchObject({ outcome: 'closed_outside', reason });
    expect([scripted.count('verify_story'), scripted.count('stop_story')]).toEqual([0, 1]);
  });

  it('deletes while it waits for an answer ends, and is not asked for again and again', async () => {
    const scripted = scriptActivities({
      create_pr: failsOnce('SOURCE_HOST_FORBIDDEN'),
      await_story: failsOnce('STORY_NOT_FOUND'),
    });
    const handle = await start(scripted);
    expect(await environment.result(handle)).toMatchObject({ outcome: 'closed_outside' });
    expect(scripted.count('await_story')).toBe(1);
  });

  it('closes by merging its pull request is merged', async () => {
    let isMerged = false;
    const scripted = scriptActivities({
      watch_pr: ({ headSha }) => ({
        pullRequest: { ...mergedPullRequest(headSha), state: isMerged ? 'merged' : 'open' },
      }),
      check_ci: () => {
        isMerged = true;
        return {};
      },
      watch_story: () => ({ story: { ...STORY, status: isMerged ? 'done' : 'in_progress' } }),
    });
    const handle = await start(scripted);
    expect(await environment.result(handle)).toMatchObject({ outcome: 'merged' });
  });

  it.each(['todo', 'blocked'] as const)('sets to %s waits, and goes on when it is moved on there', async (status) => {
    let now: Story['status'] = status;
    const scripted = scriptActivities({
      ...merged,
      watch_story: () => ({ story: { ...STORY, status: now } }),
      await_story: ({ otherThanStatus }) => {
        if (otherThanStatus !== now) return { reply: null };
        throw notYet();
      },
    });
    const handle = await start(scripted);
    expect(await waiting(handle)).toMatchObject({ step: 'feedback', options: ['retry', 'abandon'] });
    now = 'in_progress';
    await handle.signal(outsideChangedSignal);
    expect(await environment.result(handle)).toMatchObject({ outcome: 'merged' });
    expect(scripted.count('ask_in_tracker')).toBeLessThanOrEqual(1);
  });

  it.each([
    ['stop', 'closed_outside'],
    ['ignore', 'merged'],
  ] as const)('gives to another is handled as configured: %s', async (whenReassigned, outcome) => {
    const handle = await start(changed({ assignee: 'bea' }), { whenReassigned });
    expect(await environment.result(handle)).toMatchObject({ outcome });
    expect((await handle.query(statusQuery)).notes.join()).toContain('it is assigned to bea now, and was to nobody');
  });

  it('gives to another waits for a person, who is asked once', async () => {
    const scripted = changed({ assignee: 'bea' });
    const handle = await start(scripted);
    expect((await waiting(handle)).question).toContain('it is assigned to bea now');
    await answer(handle, 'retry');
    expect(await environment.result(handle)).toMatchObject({ outcome: 'merged' });
    expect(scripted.count('ask_in_tracker')).toBe(1);
  });

  it('edits goes on with the old text when the person keeps it', async () => {
    const criteria = [{ id: 'AC-1', text: 'It flies' }];
    const scripted = changed({ acceptanceCriteria: criteria, revision: 'r2' });
    const handle = await start(scripted);
    const { question, options } = await waiting(handle);
    expect(question).toContain('new criterion "It flies"; criterion gone "It works"');
    expect(options).toEqual(['keep', 'restart', 'abandon']);
    await answer(handle, 'keep');
    expect(await environment.result(handle)).toMatchObject({ outcome: 'merged' });
    expect(inputsOf(scripted, 'implement_tests')).toMatchObject([{ story: STORY }]);
    expect(scripted.count('ask_in_tracker')).toBe(0);
  });

  it('edits starts again from the new text, on the same branch, when the person wants that', async () => {
    const edited: Story = { ...STORY, title: 'Another story', revision: 'r2' };
    let isSelected = false;
    const scripted = scriptActivities({
      ...merged,
      select_task: () => {
        const story = isSelected ? edited : STORY;
        isSelected = true;
        return { story };
      },
      watch_story: () => ({ story: edited }),
    });
    const handle = await start(scripted);
    await waiting(handle);
    await answer(handle, 'restart');
    expect(await environment.result(handle)).toMatchObject({ outcome: 'merged' });
    expect(inputsOf(scripted, 'execute_implementation').map(({ story }) => story)).toEqual([STORY, edited]);
    const selections = (await handle.query(evidenceQuery)).filter(({ step }) => step === 'select');
    expect(selections).toMatchObject([{ round: 1 }, { round: 2 }]);
  });
});

describe('a story that waits for another', () => {
  it('is parked without a question to anybody, and starts by itself when nothing blocks it any more', async () => {
    const scripted = scriptActivities({
      ...merged,
      select_task: failsOnce('STORY_BLOCKED'),
      await_story: ({ unblocked }) => {
        if (unblocked !== true || scripted.count('await_story') < 40) throw notYet();
        return { reply: null };
      },
    });
    const handle = await start(scripted);
    expect(await waiting(handle)).toMatchObject({ for: 'dependency', step: 'select' });
    const before = (await handle.describe()).historyLength;
    expect(before).toBeLessThan(20);
    expect(await environment.result(handle)).toMatchObject({ outcome: 'merged' });
    expect([scripted.count('ask_in_tracker'), scripted.count('select_task')]).toEqual([0, 2]);
    expect(inputsOf(scripted, 'notify_person').filter(({ title }) => String(title).includes('decision'))).toEqual([]);
  });

  it('that waits for it is told to a person, who alone can end that', async () => {
    let isOpen = true;
    const scripted = scriptActivities({
      ...merged,
      select_task: failsOnce('STORY_BLOCKED_IN_CIRCLE'),
      await_story: () => {
        if (isOpen) throw notYet();
        return { reply: null };
      },
    });
    const handle = await start(scripted);
    expect(await waiting(handle)).toMatchObject({ for: 'dependency', step: 'select' });
    await waitUntil(() => scripted.count('notify_person') === 1, { what: 'a person to be told' });
    isOpen = false;
    expect(await environment.result(handle)).toMatchObject({ outcome: 'merged' });
    expect(inputsOf(scripted, 'notify_person')).toMatchObject([{ title: 'DEMO-1 waits for itself' }, {}, {}]);
  });
});

it('every history of the tests above replays', async () => {
  const { histories, differences } = await environment.replayAll();
  expect(differences).toEqual([]);
  expect(histories).toBeGreaterThan(12);
});
