/** A story whose models are used up: it waits or asks, spends no attempt, and goes on with what is there. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApplicationFailure } from '@temporalio/client';
import { waitUntil } from '@vishkar/testkit';
import type { EngineFailureDetails } from '../../src/domain/engine-failure.js';
import { answerUpdate, statusQuery } from '../../src/workflows/story-messages.js';
import type { StoryStatusView } from '../../src/workflows/story-messages.js';
import { FAILING_REPORT, mergedPullRequest, scriptActivities } from '../support/scripted-activities.js';
import type { Answers, ScriptedActivities } from '../support/scripted-activities.js';
import { startWorkflowEnvironment } from '../support/workflow-environment.js';
import type { WorkflowEnvironment } from '../support/workflow-environment.js';

const HOUR_MS = 60 * 60 * 1000;

let environment: WorkflowEnvironment;
beforeAll(async () => {
  environment = await startWorkflowEnvironment();
});
afterAll(() => environment.close());

function limited(details: EngineFailureDetails): ApplicationFailure {
  return ApplicationFailure.create({
    message: 'the provider lets no calls through',
    type: 'PROVIDER_LIMITED',
    nonRetryable: true,
    details: [details],
  });
}

const merged: Answers = { watch_pr: ({ headSha }) => ({ pullRequest: mergedPullRequest(headSha) }) };

type Handle = Awaited<ReturnType<WorkflowEnvironment['start']>>;

async function waiting(handle: Handle, what: 'provider' | 'decision'): Promise<StoryStatusView> {
  let status: StoryStatusView | undefined;
  const isThere = async () => {
    status = await handle.query(statusQuery);
    return status.waiting?.for === what;
  };
  await waitUntil(isThere, { what: `the story to wait for a ${what}` });
  return status as StoryStatusView;
}

const engineCalls = (scripted: ScriptedActivities) => scripted.count('execute_implementation');

/** An engine whose first turn ends so; the second one works. */
function refusedOnce(refusal: ApplicationFailure): ScriptedActivities {
  const refusals = [refusal];
  return scriptActivities({
    ...merged,
    execute_implementation: () => {
      const next = refusals.shift();
      if (next !== undefined) throw next;
      return {};
    },
  });
}

describe('a limit of the provider', () => {
  it('parks the story until the time the provider states, and the engine is called once more', async () => {
    const resumesAtMs = Date.now() + 5 * HOUR_MS;
    const refusal = limited({ limit: { resumesAtMs, kind: 'usage_limit_reached' }, sessionId: 'session-7' });
    const scripted = refusedOnce(refusal);
    const handle = await environment.start(scripted);
    const status = await waiting(handle, 'provider');
    expect(status.waiting).toMatchObject({ step: 'implement', options: ['retry', 'abandon'] });
    expect(status.waiting?.question).toContain('usage_limit_reached');
    const until = Date.parse(status.waiting?.until ?? '');
    expect(until).toBeGreaterThanOrEqual(resumesAtMs);
    expect(until).toBeLessThan(resumesAtMs + 60_000);
    expect(scripted.count('notify_person')).toBe(1);
    expect(await environment.result(handle)).toMatchObject({ outcome: 'merged' });
    expect(engineCalls(scripted)).toBe(2);
    const inputs = scripted.calls.filter(({ type }) => type === 'execute_implementation').map(({ input }) => input);
    expect(inputs).toMatchObject([{ round: 1 }, { round: 1, resumeSessionId: 'session-7' }]);
  });

  it('is not waited for longer when a person says so', async () => {
    const refusal = limited({ limit: { resumesAtMs: null, kind: 'insufficient_quota' } });
    const scripted = refusedOnce(refusal);
    const handle = await environment.start(scripted);
    await waiting(handle, 'provider');
    await handle.executeUpdate(answerUpdate, { args: [{ choice: 'retry', reason: 'paid for more', by: 'Ann' }] });
    await waitUntil(() => engineCalls(scripted) === 2, { what: 'the engine to be called again' });
    expect(await environment.result(handle)).toMatchObject({ outcome: 'merged' });
  });

  it('of which no end is known is asked about later and later, for days', async () => {
    const refusal = () => limited({ limit: { resumesAtMs: null, kind: 'rate_limit' } });
    const started = Date.now();
    let refusals = 30;
    const scripted = scriptActivities({
      ...merged,
      execute_implementation: () => {
        refusals -= 1;
        if (refusals >= 0) throw refusal();
        return {};
      },
    });
    const handle = await environment.start(scripted);
    expect(await environment.result(handle)).toMatchObject({ outcome: 'merged' });
    const { steps } = await handle.query(statusQuery);
    const ended = Date.parse(steps.find(({ id }) => id === 'implement')?.endedAt ?? '');
    expect(ended - started).toBeGreaterThan(24 * HOUR_MS);
    expect(engineCalls(scripted)).toBe(31);
    // Told of once, however often it was asked.
    expect(scripted.calls.filter(({ type }) => type === 'notify_person').map(({ input }) => input)).toEqual([
      expect.objectContaining({ title: 'DEMO-1 waits for its provider' }),
      expect.objectContaining({ title: 'DEMO-1 waits for approval' }),
      expect.objectContaining({ title: 'DEMO-1 was approved' }),
    ]);
  });

  it('leaves a story that is abandoned meanwhile with its branch', async () => {
    const scripted = scriptActivities({
      execute_implementation: () => {
        throw limited({ limit: { resumesAtMs: Date.now() + HOUR_MS, kind: 'rate_limit' } });
      },
    });
    const handle = await environment.start(scripted);
    await waiting(handle, 'provider');
    await handle.executeUpdate(answerUpdate, { args: [{ choice: 'abandon', reason: 'too slow', by: 'Ann' }] });
    expect(await environment.result(handle)).toMatchObject({ outcome: 'abandoned' });
    expect(scripted.count('stop_story')).toBe(1);
  });
});

describe("a story's budget", () => {
  it('warns once at 80 %, and lets no engine begin when it is used up until a person raises it', async () => {
    const usage = { source: 'proxy' as const, inputTokens: 800, outputTokens: 50 };
    let isRed = true;
    const scripted = scriptActivities({
      ...merged,
      execute_implementation: () => ({ usage }),
      implement_tests: () => ({ usage }),
      run_tests: ({ headSha }) => {
        if (!isRed) return {};
        isRed = false;
        return { headSha, report: FAILING_REPORT };
      },
    });
    const options = { budget: { tokens: 1_000 } };
    const handle = await environment.start(scripted, { jira_key: 'DEMO-1', options });
    const status = await waiting(handle, 'decision');
    expect(status.spent.tokens).toBeGreaterThanOrEqual(1_000);
    expect(status.waiting).toMatchObject({ options: ['raise', 'abandon'] });
    expect(status.waiting?.question).toMatch(/^the story's budget is used up: \d+ of 1000 tokens/);
    expect(status.notes.filter((note) => note.includes('nearly used up'))).toHaveLength(1);
    expect(scripted.count('fix_tests')).toBe(0);
    const refused = handle.executeUpdate(answerUpdate, { args: [{ choice: 'retry', reason: 'go on', by: 'Ann' }] });
    await expect(refused).rejects.toMatchObject({ cause: { message: expect.stringContaining('raise or abandon') } });
    await handle.executeUpdate(answerUpdate, { args: [{ choice: 'raise', reason: 'worth it', by: 'Ann' }] });
    expect(await environment.result(handle)).toMatchObject({ outcome: 'merged' });
  });

  it('counts what a turn used that failed in the end', async () => {
    const usage = { source: 'proxy' as const, inputTokens: 900, outputTokens: 100 };
    let isFirst = true;
    const scripted = scriptActivities({
      ...merged,
      execute_implementation: () => {
        if (!isFirst) return {};
        isFirst = false;
        throw limited({ usage, limit: { resumesAtMs: null, kind: 'rate_limit' } });
      },
    });
    const handle = await environment.start(scripted);
    expect(await environment.result(handle)).toMatchObject({ outcome: 'merged' });
    expect((await handle.query(statusQuery)).spent).toEqual({ tokens: 1_000, usd: 0 });
  });
});
