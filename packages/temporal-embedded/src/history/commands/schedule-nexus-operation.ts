/** SCHEDULE_NEXUS_OPERATION: checks the attributes and writes the scheduled event; the handler is called right after. */
import { int64FromNumber } from '../../proto/int64.js';
import { temporalProto } from '../../proto/root.js';
import type { temporal } from '../../proto/root.js';
import { limits } from '../limits.js';
import type { ServiceLimits } from '../limits.js';
import { scheduleNexusOperation } from '../nexus-operation.js';
import { durationFromMs, isNegativeDuration, msFromDuration } from '../proto-time.js';
import { CommandRefusedError } from './command-context.js';
import type { CommandContext } from './command-context.js';

type Attributes = temporal.api.command.v1.IScheduleNexusOperationCommandAttributes;

const Cause = temporalProto.api.enums.v1.WorkflowTaskFailedCause;
const { Payload } = temporalProto.api.common.v1;
const BAD = Cause.WORKFLOW_TASK_FAILED_CAUSE_BAD_SCHEDULE_NEXUS_OPERATION_ATTRIBUTES;
const COMMAND = 'ScheduleNexusOperationCommandAttributes';

/** Headers that the service itself sets, or reads. */
const DISALLOWED_HEADERS: ReadonlySet<string> = new Set([
  'request-timeout',
  'xdc-redirection-api',
  'xdc-redirection',
  'caller-name',
  'caller-type',
  'call-initiation',
]);

export function scheduleNexusOperationCommand(
  context: CommandContext,
  command: Attributes | null | undefined,
  metadata: temporal.api.sdk.v1.IUserMetadata | null,
): void {
  const { tx } = context;
  if (!command) throw new CommandRefusedError(BAD, `empty ${COMMAND}`);
  const endpoint = context.nexusEndpoints.findByName(command.endpoint ?? '');
  if (!endpoint) throw new CommandRefusedError(BAD, `endpoint ${JSON.stringify(command.endpoint ?? '')} not found`);
  requireFits(command, context.tx.limits);
  if (tx.state.nexusOperations.size >= tx.limits.pendingNexusOperations) {
    throw new CommandRefusedError(
      Cause.WORKFLOW_TASK_FAILED_CAUSE_PENDING_NEXUS_OPERATIONS_LIMIT_EXCEEDED,
      `workflow has reached the pending nexus operation limit of ${tx.limits.pendingNexusOperations} for this namespace`,
    );
  }
  scheduleNexusOperation(
    tx,
    {
      endpoint: command.endpoint ?? '',
      endpointId: endpoint.id,
      service: command.service ?? '',
      operation: command.operation ?? '',
      input: command.input ?? null,
      scheduleToCloseTimeout: durationFromMs(
        effectiveTimeoutMs(msFromDuration(command.scheduleToCloseTimeout), tx.state.info.workflowRunTimeoutMs),
      ),
      nexusHeader: command.nexusHeader ?? {},
      requestId: tx.ids.uuid(),
      workflowTaskCompletedEventId: int64FromNumber(context.workflowTaskCompletedEventId),
    },
    metadata,
  );
}

function requireFits(command: Attributes, { blobBytes }: ServiceLimits): void {
  const refuse = (message: string): never => {
    throw new CommandRefusedError(BAD, `${COMMAND}.${message}`);
  };
  if ((command.service ?? '').length > limits.idLength) refuse(`Service exceeds length limit of ${limits.idLength}`);
  if ((command.operation ?? '').length > limits.idLength)
    refuse(`Operation exceeds length limit of ${limits.idLength}`);
  if (isNegativeDuration(command.scheduleToCloseTimeout))
    refuse('ScheduleToCloseTimeout is invalid: negative duration');
  if (command.input && Payload.encode(command.input).finish().length > blobBytes) {
    throw new CommandRefusedError(BAD, `${COMMAND}.Input exceeds size limit`, true);
  }
  let bytes = 0;
  for (const [key, value] of Object.entries(command.nexusHeader ?? {})) {
    bytes += Buffer.byteLength(key) + Buffer.byteLength(value);
    if (!DISALLOWED_HEADERS.has(key.toLowerCase())) continue;
    refuse(`NexusHeader contains a disallowed header key: ${JSON.stringify(key)}`);
  }
  if (bytes > limits.nexusHeaderBytes) refuse('NexusHeader exceeds size limit');
}

/** An operation is not given more time than the run that asks. */
function effectiveTimeoutMs(timeoutMs: number, runTimeoutMs: number): number {
  return runTimeoutMs > 0 && (timeoutMs === 0 || timeoutMs > runTimeoutMs) ? runTimeoutMs : timeoutMs;
}
