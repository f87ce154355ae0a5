/**
 * GetWorkflowExecutionHistory: a page of a run's events, as stored bytes. With `wait_new_event` it waits for more;
 * with the close event filter it answers with the last event once the run has closed.
 */
import { InvalidArgumentError } from '../../errors.js';
import { encodeLengthDelimited } from '../../history/event-batch.js';
import { decodePageToken, encodePageToken, readHistoryPage } from '../../history/history-pages.js';
import type { HistoryPageToken } from '../../history/history-pages.js';
import { limits } from '../../history/limits.js';
import type { RunContext } from '../../history/run-context.js';
import { temporalProto } from '../../proto/root.js';
import type { temporal } from '../../proto/root.js';
import { longPollTimeoutMs, requireExecution } from '../request-checks.js';
import { EncodedResponse } from '../rpc-handler.js';
import type { RpcHandler } from '../rpc-handler.js';
import type { WorkflowServices } from '../workflow-services.js';

type Request = temporal.api.workflowservice.v1.IGetWorkflowExecutionHistoryRequest;
type Response = temporal.api.workflowservice.v1.IGetWorkflowExecutionHistoryResponse;

const CLOSE_EVENT = temporalProto.api.enums.v1.HistoryEventFilterType.HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT;
/** `GetWorkflowExecutionHistoryResponse.history`. */
export const HISTORY_FIELD = 1;
const NOTHING = new Uint8Array(0);

export const getWorkflowExecutionHistory =
  ({ engine, namespaces, store }: WorkflowServices): RpcHandler<Request, Response> =>
  async (request, call) => {
    const namespace = namespaces.require(request.namespace);
    const { workflowId, runId } = requireExecution(request.execution);
    if ((request.maximumPageSize ?? 0) < 0) throw new InvalidArgumentError('Invalid PageSize.');
    const token = readToken(request);
    if (token && runId !== '' && runId !== token.runId) {
      throw new InvalidArgumentError('RunId in the request does not match the NextPageToken.');
    }
    const context = token
      ? engine.findRun(namespace.id, workflowId, token.runId)
      : engine.findRun(namespace.id, workflowId, runId);
    const onlyClose = request.historyEventFilterType === CLOSE_EVENT;
    const isLongPoll = request.waitNewEvent === true;
    const fromEventId = token?.nextEventId ?? 1;
    const isFollowing = token === undefined || token.endEventId === 0;

    if (isLongPoll && isFollowing) {
      const hasNews = (): boolean =>
        !context.state.isRunning || (!onlyClose && context.state.nextEventId > fromEventId);
      await waitForEvents(
        context,
        hasNews,
        longPollTimeoutMs(call.deadlineMs, engine.limits.historyLongPollMs),
        call.signal,
      );
    }
    await store.committed();
    const { state } = context;
    const follow = (nextEventId: number): Uint8Array =>
      encodePageToken({
        runKey: state.runKey,
        runId: state.runId,
        nextEventId,
        endEventId: 0,
        transientSuffix: NOTHING,
        isRunning: true,
      });

    if (onlyClose) {
      if (state.isRunning) return reply([], isLongPoll ? follow(1) : undefined);
      const last = state.nextEventId - 1;
      return reply(readHistoryPage(engine, context, last, last).parts);
    }

    const wasRunning = state.isRunning;
    const endEventId = isFollowing ? state.nextEventId - 1 : token.endEventId;
    const page = readHistoryPage(
      engine,
      context,
      fromEventId,
      endEventId,
      Math.min(request.maximumPageSize || limits.historyPageEvents, limits.historyPageEvents),
    );
    if (page.nextEventId <= endEventId) {
      const next = isLongPoll
        ? follow(page.nextEventId)
        : encodePageToken({
            runKey: state.runKey,
            runId: state.runId,
            nextEventId: page.nextEventId,
            endEventId,
            transientSuffix: token?.transientSuffix ?? NOTHING,
            isRunning: wasRunning,
          });
      return reply(page.parts, next);
    }
    const suffix = token && token.transientSuffix.length > 0 ? [token.transientSuffix] : [];
    return reply(
      [...page.parts, ...suffix],
      isLongPoll && isFollowing && wasRunning ? follow(page.nextEventId) : undefined,
    );
  };

function readToken(request: Request): HistoryPageToken | undefined {
  const bytes = request.nextPageToken;
  return bytes && bytes.length > 0 ? decodePageToken(bytes) : undefined;
}

function reply(parts: readonly Uint8Array[], nextPageToken?: Uint8Array): EncodedResponse<Response> {
  return new EncodedResponse<Response>(
    nextPageToken ? { nextPageToken } : {},
    encodeLengthDelimited(HISTORY_FIELD, parts),
  );
}

async function waitForEvents(
  context: RunContext,
  hasNews: () => boolean,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<void> {
  if (hasNews() || timeoutMs <= 0 || signal.aborted) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      stop();
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const stop = context.onEvents(() => {
      if (hasNews()) done();
    });
    const timer = setTimeout(done, timeoutMs);
    signal.addEventListener('abort', done, { once: true });
  });
}
