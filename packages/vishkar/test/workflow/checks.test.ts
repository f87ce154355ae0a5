/** Red checks are run once more before anybody acts: what is flaky or the host's own trouble is no work for the engine. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitUntil } from '@vishkar/testkit';
import type { ChecksReport } from '../../src/domain/pull-request.js';
import { answerUpdate, evidenceQuery, statusQuery } from '../../src/workflows/story-messages.js';
import { mergedPullRequest, scriptActivities } from '../support/scripted-activities.js';
import { startWorkflowEnvironment } from '../support/workflow-environment.js';
import type { WorkflowEnvironment } from '../support/workflow-environment.js';

let environment: WorkflowEnvironment;
beforeAll(async () => {
  environment = await startWorkflowEnvironment();
});
afterAll(() => environment.close());

const report = (headSha: string, unit: 'green' | 'red' | 'lost'): ChecksReport => ({
  headSha,
  state: unit === 'green' ? 'passed' : 'failed',
  runs: [
    { name: 'lint', command: 'lint', exitCode: 0, durationMs: 1, timedOut: false },
    {
      name: 'unit',
      command: 'unit',
      exitCode: unit === 'green' ? 0 : 1,
      durationMs: 1,
      timedOut: false,
      ...(unit === 'lost' ? { infrastructure: true } : {}),
    },
  ],
});

/** A story whose checks end as listed, one after the other; the last one stays. */
async function storyWithChecks(ends: readonly ('green' | 'red' | 'lost')[], options: object = {}) {
  const left = [...ends];
  const scripted = scriptActivities({
    check_ci: ({ headSha }) => ({ checks: report(headSha, (left.length > 1 ? left.shift() : left[0]) ?? 'green') }),
    watch_pr: ({ headSha }) => ({ pullRequest: mergedPullRequest(headSha) }),
  });
  const handle = await environment.start(scripted, {
    jira_key: 'DEMO-1',
    options: { checksIntervalMs: 1, ...options },
  });
  const failures = async () =>
    (await handle.query(evidenceQuery)).find(({ step }) => step === 'ci')?.data['failures'] as unknown;
  return { scripted, handle, failures };
}

describe('checks of a pull request', () => {
  it('that pass the second time are flaky: told, and no work for the engine', async () => {
    const { scripted, handle, failures } = await storyWithChecks(['red', 'green']);
    expect(await environment.result(handle)).toMatchObject({ outcome: 'merged' });
    expect(scripted.count('fix_ci')).toBe(0);
    expect(scripted.calls.find(({ type }) => type === 'rerun_checks')?.input).toMatchObject({ names: ['unit'] });
    expect(await failures()).toMatchObject([{ causes: [{ name: 'unit', cause: 'flaky' }] }]);
    const { notes } = await handle.query(statusQuery);
    expect(notes).toContainEqual(expect.stringMatching(/^step ci: flaky, failed and passed at \S+: unit$/));
  });

  it('that stay red are fixed by the engine, and the new head is checked', async () => {
    const { scripted, handle, failures } = await storyWithChecks(['red', 'red', 'green']);
    expect(await environment.result(handle)).toMatchObject({ outcome: 'merged' });
    expect([scripted.count('rerun_checks'), scripted.count('fix_ci')]).toEqual([1, 1]);
    expect(await failures()).toMatchObject([{ causes: [{ name: 'unit', cause: 'ours' }] }]);
  });

  it('that the source host can not carry out are put before a person at once', async () => {
    const { scripted, handle } = await storyWithChecks(['lost', 'lost', 'green']);
    await waitUntil(async () => (await handle.query(statusQuery)).waiting?.for === 'decision', {
      what: 'a decision to be wanted',
    });
    const { waiting } = await handle.query(statusQuery);
    expect(waiting).toMatchObject({ step: 'ci', options: ['retry', 'override', 'abandon'] });
    expect(waiting?.question).toContain('nothing in the change is the cause');
    expect(scripted.count('fix_ci')).toBe(0);
    await handle.executeUpdate(answerUpdate, { args: [{ choice: 'retry', reason: 'runners are back', by: 'Ann' }] });
    expect(await environment.result(handle)).toMatchObject({ outcome: 'merged' });
    expect(scripted.count('fix_ci')).toBe(0);
  });

  it('are not run again where that is switched off', async () => {
    const { scripted, handle } = await storyWithChecks(['red', 'green'], { checkReruns: 0 });
    expect(await environment.result(handle)).toMatchObject({ outcome: 'merged' });
    expect([scripted.count('rerun_checks'), scripted.count('fix_ci')]).toEqual([0, 1]);
  });
});
