/** The request that a handler gets, made from the scheduled event and the state of the operation. */
import type { HistoryEngine } from '../history/history-engine.js';
import { EventType } from '../history/history-builder.js';
import { timeoutAtMs } from '../history/nexus-operation.js';
import type { PendingNexusOperation } from '../history/pending-items.js';
import { timestampFromMs } from '../history/proto-time.js';
import type { RunContext } from '../history/run-context.js';
import type { temporal } from '../proto/root.js';
import { CALLBACK_TOKEN_HEADER, SERVICE_CALLBACK_URL, encodeCallbackToken } from './callback-token.js';
import { nexusLinkTo } from './nexus-link.js';
import { NULL_PAYLOAD } from './null-payload.js';

type Request = temporal.api.nexus.v1.IRequest;

export interface RequestOptions {
  readonly method: 'start' | 'cancel';
  readonly nowMs: number;
  /** Until when the service waits for the answer. */
  readonly deadlineMs: number;
  readonly clusterId: string;
}

export function buildRequest(
  engine: HistoryEngine,
  context: RunContext,
  operation: PendingNexusOperation,
  { method, nowMs, deadlineMs, clusterId }: RequestOptions,
): Request {
  const { state } = context;
  const scheduled = engine.readEvent(context, operation.scheduledEventId)?.nexusOperationScheduledEventAttributes;
  if (!scheduled) throw new Error(`Run ${state.runId} has no Nexus operation ${operation.scheduledEventId}.`);
  const requestTimeout = duration(deadlineMs - nowMs);
  const header: Record<string, string> = {};
  for (const [key, value] of Object.entries(scheduled.nexusHeader ?? {})) header[key.toLowerCase()] = value;
  header['request-timeout'] = requestTimeout;
  // The Java SDK reads it in this form.
  header['Request-Timeout'] = requestTimeout;
  const { service, operation: name } = operation;
  if (method === 'cancel') {
    const { operationToken } = operation;
    return {
      header,
      scheduledTime: timestampFromMs(nowMs),
      cancelOperation: { service, operation: name, operationToken, operationId: operationToken },
    };
  }
  const timeoutMs = timeoutAtMs(operation);
  if (timeoutMs !== Infinity) header['operation-timeout'] ??= duration(timeoutMs - nowMs);
  return {
    header,
    scheduledTime: timestampFromMs(nowMs),
    startOperation: {
      service,
      operation: name,
      requestId: operation.requestId,
      callback: SERVICE_CALLBACK_URL,
      callbackHeader: {
        source: clusterId,
        [CALLBACK_TOKEN_HEADER]: encodeCallbackToken({
          namespaceId: state.namespaceId,
          workflowId: state.workflowId,
          runId: state.runId,
          scheduledEventId: operation.scheduledEventId,
          requestId: operation.requestId,
        }),
      },
      payload: scheduled.input ?? NULL_PAYLOAD,
      links: [
        nexusLinkTo({
          namespace: state.info.namespace,
          workflowId: state.workflowId,
          runId: state.runId,
          eventId: operation.scheduledEventId,
          eventType: EventType.EVENT_TYPE_NEXUS_OPERATION_SCHEDULED,
        }),
      ],
    },
  };
}

/** As the Nexus specification writes durations. */
const duration = (ms: number): string => `${Math.max(Math.round(ms), 0)}ms`;
