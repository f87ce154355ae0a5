/**
 * What a command handler works with while a workflow task completes, and how it refuses a command.
 * The rule it guards: a handler changes state only through the transition, so that a refused command takes
 * everything back that the commands before it did.
 */
import type { temporal } from '../../proto/root.js';
import { InvalidArgumentError } from '../../errors.js';
import type { PendingActivity } from '../pending-items.js';
import type { NamespaceLookup, NexusEndpointLookup, SearchAttributeCatalog, VersionLookup } from '../ports.js';
import type { Transition } from '../transition.js';

type StartedAttributes = temporal.api.history.v1.IWorkflowExecutionStartedEventAttributes;

export interface CommandContext {
  readonly tx: Transition;
  readonly workflowTaskCompletedEventId: number;
  readonly identity: string;
  readonly namespaces: NamespaceLookup;
  readonly searchAttributes: SearchAttributeCatalog;
  readonly nexusEndpoints: NexusEndpointLookup;
  readonly versions: VersionLookup;
  /** The run's first event, for retry, cron and continue-as-new. */
  readonly readStartedEvent: () => { attributes: StartedAttributes; links: readonly temporal.api.common.v1.ILink[] };
  /** Events that the worker has not seen: a close command must wait for them. */
  hasUnseenEvents: boolean;
  /** Workflow ids of children that this task initiates. */
  readonly initiatedChildren: Set<string>;
  /** Activities that the worker wants handed to it with the response. */
  readonly eagerActivities: PendingActivity[];
  /** An activity that nobody had started was cancelled: the workflow needs another task to see it. */
  canceledUnstartedActivity: boolean;
}

/** A command that the service refuses: the workflow task fails with this cause (or the workflow ends, when it is too large). */
export class CommandRefusedError extends Error {
  constructor(
    readonly failedCause: temporal.api.enums.v1.WorkflowTaskFailedCause,
    message: string,
    readonly terminatesWorkflow = false,
  ) {
    super(message);
    this.name = 'CommandRefusedError';
  }
}

/**
 * Runs a check and explains its InvalidArgumentError. The worker gets it, but its task does not fail: as in the official
 * server, where these few checks are older than causes, the task stays with the worker until it times out.
 */
export function explainInvalid(check: () => void, explain: (message: string) => string): void {
  try {
    check();
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new InvalidArgumentError(explain(error.message));
  }
}

/** Runs a check; its InvalidArgumentError becomes a refusal with `cause`. */
export function refuseOnInvalid(cause: temporal.api.enums.v1.WorkflowTaskFailedCause, check: () => void): void {
  try {
    check();
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new CommandRefusedError(cause, error.message);
  }
}

/** Refuses a close command while there is something that the workflow has not seen. */
export function requireNoUnseenEvents(
  context: CommandContext,
  cause: temporal.api.enums.v1.WorkflowTaskFailedCause,
): void {
  if (context.hasUnseenEvents) throw new CommandRefusedError(cause, '');
}
