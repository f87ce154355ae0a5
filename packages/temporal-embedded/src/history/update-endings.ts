/**
 * How updates end other than by their worker's answer: the errors and failures that callers get then.
 * Texts and types follow the official server; clients match on them.
 */
import {
  ResourceExhaustedError,
  UnavailableError,
  UpdateAbortedByClosingError,
  WorkflowNotReadyError,
} from '../errors.js';
import { temporalProto } from '../proto/root.js';
import type { temporal } from '../proto/root.js';
import type { Update, UpdateRegistry } from './update-registry.js';

type Failure = temporal.api.failure.v1.IFailure;

const Cause = temporalProto.api.enums.v1.ResourceExhaustedCause;

const unprocessed = (): Failure => ({
  message:
    "Workflow Update is rejected because it wasn't processed by worker. Probably, Workflow Update is not supported by the worker.",
  source: 'Server',
  applicationFailureInfo: { type: 'UnprocessedUpdate', nonRetryable: true },
});

const acceptedButClosed = (): Failure => ({
  message: 'Workflow Update failed because the Workflow completed before the Update completed.',
  source: 'Server',
  applicationFailureInfo: { type: 'AcceptedUpdateCompletedWorkflow', nonRetryable: true },
});

/** The outcome of an accepted update whose run closed first. */
export function acceptedUpdateOutcome(): temporal.api.update.v1.IOutcome {
  return { failure: acceptedButClosed() };
}

/** The outcome of an update that a worker was sent and said nothing about. */
export function unprocessedUpdateOutcome(): temporal.api.update.v1.IOutcome {
  return { failure: unprocessed() };
}

/** The run has closed; `continues` when another run of the chain goes on and the caller should retry there. */
export function abortUpdatesOnClose(registry: UpdateRegistry, continues: boolean): void {
  registry.abort((update) => {
    if (update.state === 'accepted') return { outcome: acceptedUpdateOutcome() };
    return {
      error: continues ? workflowClosing() : new UpdateAbortedByClosingError(),
    };
  });
}

/** The service failed the workflow task: what the worker has seen must not be sent to it again. */
export function abortUpdatesOnFailedTask(registry: UpdateRegistry): void {
  registry.abort((update) => {
    if (update.state === 'sent') {
      return {
        error: new WorkflowNotReadyError(
          'Unable to perform workflow execution update due to unexpected workflow task failure.',
        ),
      };
    }
    return undefined;
  });
}

/** The state was lost (a failed commit, a restart): callers retry. */
export function abortUpdatesOnReset(registry: UpdateRegistry): void {
  registry.abort((update: Update) =>
    update.state === 'accepted' ? undefined : { error: new UnavailableError('workflow update was aborted') },
  );
}

export function workflowClosing(): ResourceExhaustedError {
  return new ResourceExhaustedError(
    'workflow operation can not be applied because workflow is closing',
    Cause.RESOURCE_EXHAUSTED_CAUSE_BUSY_WORKFLOW,
  );
}
