import {
  Client,
  NamespaceNotFoundError,
  WorkflowExecutionAlreadyStartedError,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { describe, expect, it } from 'vitest';
import { uniqueName, useEmbeddedService } from '../support/embedded-service.js';

/** Which class of the official client an answer of the service becomes. No worker runs: nothing gets that far. */
describe('errors as the official client sees them', () => {
  const service = useEmbeddedService();
  const start = (workflowId: string, more: object = {}) =>
    service.client.workflow.start('any', { taskQueue: 'nobody', workflowId, ...more });

  it('a second start of a running workflow is WorkflowExecutionAlreadyStartedError', async () => {
    const workflowId = uniqueName('twice');
    await start(workflowId);
    await expect(start(workflowId)).rejects.toThrow(WorkflowExecutionAlreadyStartedError);
  });

  it('a start that its reuse policy forbids is WorkflowExecutionAlreadyStartedError too', async () => {
    const workflowId = uniqueName('reused');
    const handle = await start(workflowId);
    await handle.terminate();
    const again = start(workflowId, { workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE });
    await expect(again).rejects.toThrow(WorkflowExecutionAlreadyStartedError);
  });

  it('a conflict policy may attach to the running one instead', async () => {
    const workflowId = uniqueName('attached');
    const first = await start(workflowId);
    const second = await start(workflowId, { workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING });
    expect(second.firstExecutionRunId).toBe(first.firstExecutionRunId);
  });

  it('whatever is asked of a workflow that is not there is WorkflowNotFoundError', async () => {
    const missing = service.client.workflow.getHandle(uniqueName('missing'));
    await expect(missing.describe()).rejects.toThrow(WorkflowNotFoundError);
    await expect(missing.signal('s')).rejects.toThrow(WorkflowNotFoundError);
    await expect(missing.query('q')).rejects.toThrow(WorkflowNotFoundError);
    await expect(missing.cancel()).rejects.toThrow(WorkflowNotFoundError);
    await expect(missing.terminate()).rejects.toThrow(WorkflowNotFoundError);
    await expect(missing.result()).rejects.toThrow(WorkflowNotFoundError);
    await expect(missing.executeUpdate('u')).rejects.toThrow(WorkflowNotFoundError);
  });

  it('a namespace that is not there is NamespaceNotFoundError', async () => {
    const lost = new Client({ connection: service.connection, namespace: 'nowhere' });
    const started = lost.workflow.start('any', { taskQueue: 'q', workflowId: uniqueName('lost') });
    await expect(started).rejects.toThrow(NamespaceNotFoundError);
    await expect(lost.workflow.getHandle('any').describe()).rejects.toThrow(NamespaceNotFoundError);
  });
});
