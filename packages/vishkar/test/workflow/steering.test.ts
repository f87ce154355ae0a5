/** What people say to a story's engine: recorded, told to the running turn, and to every turn after it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Context } from '@temporalio/activity';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { waitUntil } from '@vishkar/testkit';
import type { Guidance } from '../../src/domain/guidance.js';
import { evidenceQuery, guidanceQuery, statusQuery, steerUpdate } from '../../src/workflows/story-messages.js';
import { StorySteering } from '../../src/activities/steering.js';
import { mergedPullRequest, scriptActivities } from '../support/scripted-activities.js';
import { startWorkflowEnvironment } from '../support/workflow-environment.js';
import type { WorkflowEnvironment } from '../support/workflow-environment.js';

let environment: WorkflowEnvironment;
beforeAll(async () => {
  environment = await startWorkflowEnvironment();
});
afterAll(() => environment.close());

describe('a message to the engine', () => {
  it('reaches the turn that runs over the service, later turns in their input, and the evidence', async () => {
    let heard: readonly Guidance[] = [];
    let isRunning = false;
    const scripted = scriptActivities({
      watch_pr: ({ headSha }) => ({ pullRequest: mergedPullRequest(headSha) }),
      execute_implementation: async ({ guidance = [] }) => {
        const { workflowId, runId } = Context.current().info.workflowExecution ?? { workflowId: '', runId: '' };
        const handle = Context.current().client.workflow.getHandle(workflowId, runId);
        const steering = new StorySteering({ look: () => handle.query(guidanceQuery), known: guidance, everyMs: 20 });
        isRunning = true;
        heard = (await steering.next(Context.current().cancellationSignal, false)).messages;
        return {};
      },
    });
    const handle = await environment.start(scripted);
    await waitUntil(() => isRunning, { what: 'the engine to work' });
    const message = { by: 'Ann', text: 'mind the umlauts' };
    expect(await handle.executeUpdate(steerUpdate, { args: [message] })).toContain('is told now');
    expect(await environment.result(handle)).toMatchObject({ outcome: 'merged' });
    expect(heard).toMatchObject([{ ...message, step: 'implement', holdsFor: 'story' }]);
    const later = scripted.calls.find(({ type }) => type === 'implement_tests')?.input;
    expect(later).toMatchObject({ guidance: [message] });
    expect((await handle.query(statusQuery)).notes).toContain(
      'Ann said to the engine at step implement: mind the umlauts',
    );
    const implement = (await handle.query(evidenceQuery)).find(({ step }) => step === 'implement');
    expect(JSON.stringify(implement?.data)).toContain('mind the umlauts');
    expect((await environment.replayAll()).differences).toEqual([]);
  });

  it('that is empty or too long is refused, and leaves nothing in the history', async () => {
    const scripted = scriptActivities();
    const handle = await environment.start(scripted);
    for (const text of [' ', 'x'.repeat(4_001)])
      await expect(handle.executeUpdate(steerUpdate, { args: [{ by: 'Ann', text }] })).rejects.toThrow(
        WorkflowUpdateFailedError,
      );
    expect(await handle.query(guidanceQuery)).toEqual([]);
    await handle.terminate();
  });
});
