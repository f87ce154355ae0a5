/** PollNexusTaskQueue: workers poll it; there are no Nexus tasks here, so it waits and answers empty. */
import { setTimeout as sleep } from 'node:timers/promises';
import { limits } from '../../history/limits.js';
import type { temporal } from '../../proto/root.js';
import { longPollTimeoutMs } from '../request-checks.js';
import type { RpcHandler } from '../rpc-handler.js';
import type { WorkflowServices } from '../workflow-services.js';

type Request = temporal.api.workflowservice.v1.IPollNexusTaskQueueRequest;
type Response = temporal.api.workflowservice.v1.IPollNexusTaskQueueResponse;

export const pollNexusTaskQueue =
  ({ namespaces }: WorkflowServices): RpcHandler<Request, Response> =>
  async (request, call) => {
    namespaces.require(request.namespace);
    try {
      await sleep(longPollTimeoutMs(call.deadlineMs, limits.longPollMs), undefined, {
        signal: call.signal,
        ref: false,
      });
    } catch (error) {
      // The caller hung up or the service stops: an empty answer is all there is to give.
      if (!(error instanceof Error && error.name === 'AbortError')) throw error;
    }
    return {};
  };
