/** The handlers behind `nexus.workflows.ts`, and endpoints by which workflows reach them. */
import { ApplicationFailure } from '@temporalio/common';
import type { Connection } from '@temporalio/client';
import { WorkflowRunOperationHandler, startWorkflow } from '@temporalio/nexus';
import * as nexus from 'nexus-rpc';
import { greetings } from '../conformance/nexus.workflows.js';
import type { letter } from '../conformance/nexus.workflows.js';

/** `onCall` hears of every request, also of one that is made again. */
export function greetingHandlers(onCall: (operation: string, requestId: string) => void = () => undefined) {
  return nexus.serviceHandler(greetings, {
    greet: (context, input) => {
      onCall('greet', context.requestId);
      return Promise.resolve(`hello ${input}`);
    },
    write: new WorkflowRunOperationHandler<string, string>((context, input) => {
      onCall('write', context.requestId);
      // The request id is the same when the service asks again, so there is one letter.
      return startWorkflow<typeof letter>(context, 'letter', {
        workflowId: `letter-${context.requestId}`,
        args: [input],
        workflowTaskTimeout: '1s',
      });
    }),
    refuse: (context, input) => {
      onCall('refuse', context.requestId);
      switch (input) {
        case 'operation error':
          throw new nexus.OperationError('failed', 'it did not work');
        case 'not retryable':
          throw ApplicationFailure.nonRetryable('wrong address', 'Address');
        case 'not found':
          throw new nexus.HandlerError('NOT_FOUND', 'nobody there');
        default:
          throw new nexus.HandlerError('UNAVAILABLE', 'not now');
      }
    },
  });
}

/** Makes an endpoint of this name; its handlers poll `taskQueue`. */
export async function createWorkerEndpoint(connection: Connection, name: string, taskQueue: string): Promise<string> {
  await connection.operatorService.createNexusEndpoint({
    spec: { name, target: { worker: { namespace: 'default', taskQueue } } },
  });
  return name;
}
