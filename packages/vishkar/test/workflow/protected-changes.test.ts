/** An engine changes what is protected: nothing of it comes in until a person says so, and everybody can see what became of it. */
import { waitUntil } from '@vishkar/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { answerUpdate, evidenceQuery, statusQuery } from '../../src/workflows/story-messages.js';
import type { AnswerChoice } from '../../src/workflows/story-messages.js';
import { mergedPullRequest, scriptActivities } from '../support/scripted-activities.js';
import type { Answers } from '../support/scripted-activities.js';
import { startWorkflowEnvironment } from '../support/workflow-environment.js';
import type { StoryHandle, WorkflowEnvironment } from '../support/workflow-environment.js';

let environment: WorkflowEnvironment;
beforeAll(async () => {
  environment = await startWorkflowEnvironment();
});
afterAll(() => environment.close());

const merged: Answers = { watch_pr: ({ headSha }) => ({ pullRequest: mergedPullRequest(headSha) }) };
const held = {
  held: [{ path: '.github/workflows/ci.yml', change: 'modified' as const }],
  heldPatch: { name: 'held-changes', uri: 'file:///patch', sha256: 'a'.repeat(64), bytes: 1, mediaType: 'text/x-diff' },
};
const start = (answers: Answers, options: object = {}) => {
  const scripted = scriptActivities({ ...merged, ...answers });
  return environment.start(scripted, { jira_key: 'DEMO-1', options }).then((handle) => ({ scripted, handle }));
};
const answer = (handle: StoryHandle, choice: AnswerChoice) =>
  handle.executeUpdate(answerUpdate, { args: [{ choice, reason: 'seen', by: 'Ann' }] });

async function question(handle: StoryHandle, step: string) {
  await waitUntil(async () => (await handle.query(statusQuery)).waiting?.step === step, {
    what: `a question at ${step}`,
  });
  return (await handle.query(statusQuery)).waiting;
}

it('what a person allows is committed, and the story goes on from there', async () => {
  const { scripted, handle } = await start({ execute_implementation: () => ({ ...held, outcome: 'no_change' }) });
  expect(await question(handle, 'implement')).toMatchObject({
    for: 'decision',
    question: expect.stringContaining('.github/workflows/ci.yml (modified)'),
    options: ['allow', 'refuse', 'abandon'],
  });
  expect(scripted.count('allow_changes')).toBe(0);
  await expect(answer(handle, 'retry')).rejects.toThrow();
  await answer(handle, 'allow');
  expect(await environment.result(handle)).toMatchObject({ outcome: 'merged' });
  const allowed = scripted.calls.filter(({ type }) => type === 'allow_changes');
  expect(allowed).toMatchObject([{ input: { headSha: 'head-1', patch: held.heldPatch, by: 'Ann', round: 1 } }]);
  const reviewed = scripted.calls.filter(({ type }) => type === 'security_review');
  expect(reviewed[0]).toMatchObject({ input: { headSha: 'head-2', files: ['.github/workflows/ci.yml', 'src/a.ts'] } });
  const status = await handle.query(statusQuery);
  expect(status.protectedChanges).toEqual([{ ...held.held[0], decision: 'allowed', by: 'Ann' }]);
  const [implemented] = (await handle.query(evidenceQuery)).filter(({ step }) => step === 'implement');
  expect(implemented?.data['warnings']).toEqual([expect.stringContaining('was allowed by Ann')]);
});

it('what a person refuses stays out, and is not asked about again', async () => {
  const { scripted, handle } = await start({ execute_implementation: () => held, implement_tests: () => held });
  await question(handle, 'implement');
  await answer(handle, 'refuse');
  expect(await environment.result(handle)).toMatchObject({ outcome: 'merged' });
  expect([scripted.count('allow_changes'), scripted.count('implement_tests')]).toEqual([0, 1]);
  expect((await handle.query(statusQuery)).notes.join()).toMatch(
    /implement: .*refused by Ann.*test\.implement: .*refused by Ann/,
  );
});

it('nobody is asked where the project refuses it', async () => {
  const { handle } = await start({ execute_implementation: () => held }, { protectedPaths: { whenChanged: 'refuse' } });
  expect(await environment.result(handle)).toMatchObject({ outcome: 'merged' });
  expect((await handle.query(statusQuery)).protectedChanges).toMatchObject([
    { decision: 'refused', by: 'the configuration' },
  ]);
});

it('the question for approval names what is protected, also what somebody pushed by hand', async () => {
  const { handle } = await start({
    watch_pr: () => ({}),
    review_pr: () => ({ protectedFiles: ['.github/CODEOWNERS'] }),
  });
  expect(await question(handle, 'approve')).toMatchObject({
    question: expect.stringContaining('It changes protected paths: .github/CODEOWNERS'),
  });
  await handle.cancel();
  expect((await environment.replayAll()).differences).toEqual([]);
});
