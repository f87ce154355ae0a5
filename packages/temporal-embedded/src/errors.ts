/**
 * Every error that the service tells a client about: one class per meaning, each with its gRPC status code
 * and, where the official SDKs look for one, the `temporal.api.errordetails.v1` message that travels in
 * `grpc-status-details-bin`. Wording follows the official server where clients match on text.
 */
import { temporalProto } from './proto/root.js';
import type { temporal } from './proto/root.js';

/** gRPC status codes (https://grpc.io/docs/guides/status-codes/), by name. */
export const GrpcStatus = {
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  OUT_OF_RANGE: 11,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
  UNAUTHENTICATED: 16,
} as const;

/** One entry of `google.rpc.Status.details`: the message's full name and its encoded bytes. */
export interface ErrorDetail {
  readonly typeName: string;
  readonly value: Uint8Array;
}

/** What every error of the service has in common; thrown anywhere, mapped to gRPC at the frontend. */
export class ServiceError extends Error {
  constructor(
    readonly grpcStatus: number,
    message: string,
    readonly detail?: ErrorDetail,
  ) {
    super(message);
    this.name = new.target.name;
  }
}

const details = () => temporalProto.api.errordetails.v1;
const EMPTY = new Uint8Array(0);
const named = (name: string, value: Uint8Array = EMPTY): ErrorDetail => ({
  typeName: `temporal.api.errordetails.v1.${name}`,
  value,
});

export class InvalidArgumentError extends ServiceError {
  constructor(message: string) {
    super(GrpcStatus.INVALID_ARGUMENT, message);
  }
}

/** A workflow, run or activity that is not there (any more). */
export class NotFoundError extends ServiceError {
  constructor(message: string) {
    super(GrpcStatus.NOT_FOUND, message, named('NotFoundFailure'));
  }
}

export class NamespaceNotFoundError extends ServiceError {
  constructor(namespace: string) {
    super(
      GrpcStatus.NOT_FOUND,
      `Namespace ${namespace} is not found.`,
      named('NamespaceNotFoundFailure', details().NamespaceNotFoundFailure.encode({ namespace }).finish()),
    );
  }
}

export class NamespaceAlreadyExistsError extends ServiceError {
  constructor(namespace: string) {
    super(
      GrpcStatus.ALREADY_EXISTS,
      `Namespace ${JSON.stringify(namespace)} already exists`,
      named('NamespaceAlreadyExistsFailure'),
    );
  }
}

export class WorkflowExecutionAlreadyStartedError extends ServiceError {
  constructor(message: string, startRequestId: string, runId: string) {
    super(
      GrpcStatus.ALREADY_EXISTS,
      message,
      named(
        'WorkflowExecutionAlreadyStartedFailure',
        details().WorkflowExecutionAlreadyStartedFailure.encode({ startRequestId, runId }).finish(),
      ),
    );
  }
}

/** A name that somebody else has. */
export class AlreadyExistsError extends ServiceError {
  constructor(message: string) {
    super(GrpcStatus.ALREADY_EXISTS, message);
  }
}

export class CancellationAlreadyRequestedError extends ServiceError {
  constructor(message: string) {
    super(GrpcStatus.ALREADY_EXISTS, message, named('CancellationAlreadyRequestedFailure'));
  }
}

export class QueryFailedError extends ServiceError {
  constructor(message: string, failure?: temporal.api.failure.v1.IFailure | null) {
    super(
      GrpcStatus.INVALID_ARGUMENT,
      message,
      named(
        'QueryFailedFailure',
        details()
          .QueryFailedFailure.encode(failure ? { failure } : {})
          .finish(),
      ),
    );
  }
}

export class WorkflowNotReadyError extends ServiceError {
  constructor(message: string) {
    super(GrpcStatus.FAILED_PRECONDITION, message, named('WorkflowNotReadyFailure'));
  }
}

export class FailedPreconditionError extends ServiceError {
  constructor(message: string) {
    super(GrpcStatus.FAILED_PRECONDITION, message);
  }
}

export class ResourceExhaustedError extends ServiceError {
  constructor(
    message: string,
    cause: temporal.api.enums.v1.ResourceExhaustedCause,
    scope: temporal.api.enums.v1.ResourceExhaustedScope = 1,
  ) {
    super(
      GrpcStatus.RESOURCE_EXHAUSTED,
      message,
      named('ResourceExhaustedFailure', details().ResourceExhaustedFailure.encode({ cause, scope }).finish()),
    );
  }
}

/** A request that the service's internal clock or a shutdown interrupted; the client retries. */
export class UnavailableError extends ServiceError {
  constructor(message: string) {
    super(GrpcStatus.UNAVAILABLE, message);
  }
}

/** What is stored of a run cannot be read; nothing that is asked again changes that. */
export class DataLossError extends ServiceError {
  constructor(workflowId: string, runId: string, cause?: unknown) {
    super(
      GrpcStatus.DATA_LOSS,
      `Run ${runId} of workflow ${JSON.stringify(workflowId)} is damaged in the database file; "temporal-embedded db check" tells more.`,
    );
    this.cause = cause;
  }
}

/** An update that its workflow did not get to before it closed. */
export class UpdateAbortedByClosingError extends NotFoundError {
  constructor() {
    super('workflow update was aborted by closing workflow');
  }
}

/** Nothing came of it now; the same request may work when it is sent again. */
export class AbortedError extends ServiceError {
  constructor(message: string) {
    super(GrpcStatus.ABORTED, message);
  }
}

/** An operation of several that was not tried because another one of them failed. */
export class OperationAbortedError extends ServiceError {
  constructor() {
    super(GrpcStatus.ABORTED, 'Operation was aborted.', {
      typeName: 'temporal.api.failure.v1.MultiOperationExecutionAborted',
      value: EMPTY,
    });
  }
}

/** What became of each of several operations that go together; undefined: that one worked. */
export class MultiOperationExecutionError extends ServiceError {
  constructor(readonly operationErrors: readonly (ServiceError | undefined)[]) {
    const statuses = operationErrors.map((error) => ({
      code: error?.grpcStatus ?? 0,
      message: error?.message ?? '',
      details: error?.detail
        ? [{ type_url: `type.googleapis.com/${error.detail.typeName}`, value: error.detail.value }]
        : [],
    }));
    const cause = operationErrors.find((error) => error && !(error instanceof OperationAbortedError));
    super(
      cause?.grpcStatus ?? GrpcStatus.ABORTED,
      'Update-with-Start could not be executed.',
      named('MultiOperationExecutionFailure', details().MultiOperationExecutionFailure.encode({ statuses }).finish()),
    );
  }
}

/** What this service, this namespace, or the service's access control does not allow. */
export class PermissionDeniedError extends ServiceError {
  constructor(message: string) {
    super(GrpcStatus.PERMISSION_DENIED, message, named('PermissionDeniedFailure'));
  }
}

export class UnimplementedError extends ServiceError {
  constructor(message: string) {
    super(GrpcStatus.UNIMPLEMENTED, message);
  }
}

export class DeadlineExceededError extends ServiceError {
  constructor(message: string) {
    super(GrpcStatus.DEADLINE_EXCEEDED, message);
  }
}
