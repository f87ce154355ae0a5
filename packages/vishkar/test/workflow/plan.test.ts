/** The plan that a story may want before code is written. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitUntil } from '@vishkar/testkit';
import { answerUpdate, evidenceQuery, statusQuery } from '../../src/workflows/story-messages.js';
import { mergedPullRequest, scriptActivities } from '../support/scripted-activities.js';
import { startWorkflowEnvironment } from '../support/workflow-environment.js';
import type { WorkflowEnvironment } from '../support/workflow-environment.js';

let environment: WorkflowEnvironment;
beforeAll(async () => {
  environment = await startWorkflowEnvironment();
});
afterAll(() => environment.close());

const input = (plan: object) => ({ jira_key: 'DEMO-1', options: { plan } });

describe('a plan', () => {
  it('is shown to a person, made again with their words, and what is allowed goes to the engine with them', async () => {
    const scripted = scriptActivities({
      watch_pr: ({ headSha }) => ({ pullRequest: mergedPullRequest(headSha) }),
      plan_implementation: ({ round }) => ({
        plan: { summary: `plan ${String(round)}`, files: [], risks: [], questions: [] },
      }),
    });
    const handle = await environment.start(scripted, input({}));
    const asked = async (about: string) => {
      await waitUntil(async () => (await handle.query(statusQuery)).waiting?.question.includes(about) === true, {
        what: about,
      });
    };
    await asked('plan 1');
    expect(scripted.count('execute_implementation')).toBe(0);
    expect((await handle.query(statusQuery)).waiting).toMatchObject({
      step: 'implement',
      options: ['allow', 'retry', 'abandon'],
    });
    await handle.executeUpdate(answerUpdate, { args: [{ choice: 'retry', reason: 'mind the umlauts', by: 'Ann' }] });
    await asked('plan 2');
    expect(scripted.calls.filter(({ type }) => type === 'plan_implementation')[1]?.input).toMatchObject({
      guidance: [{ by: 'Ann', text: 'mind the umlauts' }],
    });
    await handle.executeUpdate(answerUpdate, { args: [{ choice: 'allow', reason: 'and be quick', by: 'Ann' }] });
    expect(await environment.result(handle)).toMatchObject({ success: true });
    expect(scripted.calls.find(({ type }) => type === 'execute_implementation')?.input).toMatchObject({
      plan: 'plan 2',
      guidance: [{ text: 'mind the umlauts' }, { text: 'and be quick' }],
    });
    const evidence = (await handle.query(evidenceQuery)).find(({ step }) => step === 'implement');
    expect(evidence?.data).toMatchObject({ turns: 3, planApprovedBy: 'Ann', plan: { summary: 'plan 2' } });
    expect((await environment.replayAll()).differences).toEqual([]);
  });

  it('that is small and asks nothing is approved by the policy, where the project lets it', async () => {
    const scripted = scriptActivities({
      watch_pr: ({ headSha }) => ({ pullRequest: mergedPullRequest(headSha) }),
    });
    const handle = await environment.start(scripted, input({ approval: 'policy' }));
    expect(await environment.result(handle)).toMatchObject({ success: true });
    expect(scripted.count('plan_implementation')).toBe(1);
    expect((await handle.query(evidenceQuery))[1]?.data).toMatchObject({ planApprovedBy: 'policy' });
  });
});
