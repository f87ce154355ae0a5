/** Checks that many rpcs make of their requests, with the official server's texts. */
import { InvalidArgumentError } from '../errors.js';
import { limits } from '../history/limits.js';
import type { ServiceLimits } from '../history/limits.js';
import { isUuid } from '../history/uuid.js';
import type { temporal } from '../proto/root.js';

/** Throws InvalidArgumentError unless the execution names a workflow (and, if any, a run) properly. */
export function requireExecution(execution: temporal.api.common.v1.IWorkflowExecution | null | undefined): {
  readonly workflowId: string;
  readonly runId: string;
} {
  if (!execution) throw new InvalidArgumentError('Execution is not set on request.');
  const workflowId = execution.workflowId ?? '';
  const runId = execution.runId ?? '';
  if (workflowId === '') throw new InvalidArgumentError('WorkflowId is not set on request.');
  if (runId !== '' && !isUuid(runId)) throw new InvalidArgumentError('Invalid RunId.');
  return { workflowId, runId };
}

/** Throws InvalidArgumentError when an id or name is missing or too long. */
export function requireName(value: string | null | undefined, what: string): string {
  if (!value) throw new InvalidArgumentError(`${what} is not set on request.`);
  return checkLength(value, what);
}

export function checkLength(value: string | null | undefined, what: string): string {
  const text = value ?? '';
  if (text.length > limits.idLength) throw new InvalidArgumentError(`${what} length exceeds limit.`);
  return text;
}

/** How long a long poll may take: `limitMs`, or the caller's own deadline less a margin in which the answer travels. */
export function longPollTimeoutMs(deadlineMs: number | undefined, limitMs: number): number {
  if (deadlineMs === undefined) return limitMs;
  return Math.max(Math.min(limitMs, deadlineMs - Date.now() - limits.longPollMarginMs), 0);
}

/** Throws InvalidArgumentError when payloads are larger than the service takes. */
export function requireBlobSize(
  payloads: temporal.api.common.v1.IPayloads | null | undefined,
  { blobBytes }: ServiceLimits,
): void {
  let bytes = 0;
  for (const payload of payloads?.payloads ?? []) bytes += payload.data?.length ?? 0;
  if (bytes > blobBytes) throw new InvalidArgumentError('Blob data size exceeds limit.');
}
