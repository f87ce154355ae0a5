/** GetWorkflowExecutionHistoryReverse: a page of a run's events, newest first. */
import { InvalidArgumentError } from '../../errors.js';
import { encodeLengthDelimited, splitEventRecords } from '../../history/event-batch.js';
import { decodePageToken, encodePageToken, readHistoryPageReverse } from '../../history/history-pages.js';
import { limits } from '../../history/limits.js';
import type { temporal } from '../../proto/root.js';
import { requireExecution } from '../request-checks.js';
import { EncodedResponse } from '../rpc-handler.js';
import type { RpcHandler } from '../rpc-handler.js';
import type { WorkflowServices } from '../workflow-services.js';
import { HISTORY_FIELD } from './get-workflow-execution-history.js';

type Request = temporal.api.workflowservice.v1.IGetWorkflowExecutionHistoryReverseRequest;
type Response = temporal.api.workflowservice.v1.IGetWorkflowExecutionHistoryReverseResponse;

export const getWorkflowExecutionHistoryReverse =
  ({ engine, namespaces, store }: WorkflowServices): RpcHandler<Request, Response> =>
  async (request) => {
    const namespace = namespaces.require(request.namespace);
    const { workflowId, runId } = requireExecution(request.execution);
    if ((request.maximumPageSize ?? 0) < 0) throw new InvalidArgumentError('Invalid PageSize.');
    const tokenBytes = request.nextPageToken;
    const token = tokenBytes && tokenBytes.length > 0 ? decodePageToken(tokenBytes) : undefined;
    const context = engine.findRun(namespace.id, workflowId, token?.runId ?? runId);
    const { state } = context;
    const fromEventId = token?.nextEventId ?? state.nextEventId - 1;
    await store.committed();
    const page = readHistoryPageReverse(
      engine,
      context,
      fromEventId,
      Math.min(request.maximumPageSize || limits.historyPageEvents, limits.historyPageEvents),
      splitEventRecords,
    );
    const message: Response =
      page.nextEventId >= 1
        ? {
            nextPageToken: encodePageToken({
              runKey: state.runKey,
              runId: state.runId,
              nextEventId: page.nextEventId,
              endEventId: 1,
              transientSuffix: new Uint8Array(0),
              isRunning: state.isRunning,
            }),
          }
        : {};
    return new EncodedResponse(message, encodeLengthDelimited(HISTORY_FIELD, page.parts));
  };
