/**
 * Turns whatever a handler throws into the status that a client gets, over gRPC and over HTTP.
 * It is the boundary between our error classes and the wire: over gRPC the message goes into `grpc-message`, the typed
 * detail into `grpc-status-details-bin` (an encoded `google.rpc.Status`), which is where official SDKs look for it.
 * Rule: what is not a `ServiceError` leaves as INTERNAL with an id only; the log has the error under the same id.
 */
import { randomBytes } from 'node:crypto';
import { Metadata } from '@grpc/grpc-js';
import type { ServiceError as GrpcServiceError } from '@grpc/grpc-js';
import { GrpcStatus, ResourceExhaustedError, ServiceError } from '../errors.js';
import type { ErrorDetail } from '../errors.js';
import type { Logger } from '../logger.js';
import { googleProto, temporalProto } from '../proto/root.js';

const { RESOURCE_EXHAUSTED_CAUSE_SYSTEM_OVERLOADED } = temporalProto.api.enums.v1.ResourceExhaustedCause;
const { RESOURCE_EXHAUSTED_SCOPE_SYSTEM } = temporalProto.api.enums.v1.ResourceExhaustedScope;

/** The metadata key of the encoded `google.rpc.Status`. */
const STATUS_DETAILS_KEY = 'grpc-status-details-bin';

/**
 * An error travels in HTTP/2 headers. nghttp2 sends no more than 64 KB of them, and what is larger stops the whole
 * connection; a message is escaped on the way (nine bytes for a letter of three), a detail becomes base64.
 */
const MAX_MESSAGE_BYTES = 4096;
const MAX_DETAIL_BYTES = 32 * 1024;

/** What a client is told of an error, whatever it speaks. */
export interface ErrorStatus {
  /** gRPC status code. */
  readonly code: number;
  readonly message: string;
  readonly detail?: ErrorDetail | undefined;
}

/** Maps a thrown value to the status of one call; logs it when it is unexpected. */
export function errorStatus(error: unknown, rpcName: string, logger: Logger): ErrorStatus {
  if (error instanceof ServiceError) return { code: error.grpcStatus, message: error.message, detail: error.detail };
  if (isAbortError(error)) return { code: GrpcStatus.CANCELLED, message: 'The call was cancelled.' };
  const storage = storageFailure(error);
  if (storage) {
    logger.error({ err: error, rpc: rpcName }, 'the database file failed');
    return storage;
  }
  const errorId = randomBytes(4).toString('hex');
  logger.error({ err: error, rpc: rpcName, errorId }, 'unexpected error in an rpc');
  return {
    code: GrpcStatus.INTERNAL,
    message: `Something went wrong in ${rpcName}; the server's log tells more under ${errorId}.`,
  };
}

export function toGrpcStatus(error: unknown, rpcName: string, logger: Logger): Partial<GrpcServiceError> {
  const { code, detail, ...told } = errorStatus(error, rpcName, logger);
  const message = shortened(told.message);
  if (!detail) return { code, details: message };
  // A detail that is too large keeps its type, which is what SDKs tell errors apart by.
  const value = detail.value.length > MAX_DETAIL_BYTES ? new Uint8Array(0) : detail.value;
  const status = googleProto.rpc.Status.encode({
    code,
    message,
    details: [{ type_url: `type.googleapis.com/${detail.typeName}`, value }],
  }).finish();
  const metadata = new Metadata();
  metadata.set(STATUS_DETAILS_KEY, Buffer.from(status));
  return { code, details: message, metadata };
}

function shortened(message: string): string {
  if (message.length * 3 <= MAX_MESSAGE_BYTES) return message;
  const bytes = Buffer.from(message);
  if (bytes.length <= MAX_MESSAGE_BYTES) return message;
  // A character that the cut goes through is left out.
  return `${new TextDecoder().decode(bytes.subarray(0, MAX_MESSAGE_BYTES), { stream: true })}...`;
}

/** What the file under the service says in SQLite's words; none of it is the fault of the request. */
function storageFailure(error: unknown): ErrorStatus | undefined {
  const text = error instanceof Error ? error.message : '';
  if (text.startsWith('database or disk is full')) {
    const { message, detail } = new ResourceExhaustedError(
      'The disk of the database file is full; nothing of this call was kept. Make room and try again.',
      RESOURCE_EXHAUSTED_CAUSE_SYSTEM_OVERLOADED,
      RESOURCE_EXHAUSTED_SCOPE_SYSTEM,
    );
    return { code: GrpcStatus.RESOURCE_EXHAUSTED, message, detail };
  }
  if (text.startsWith('disk I/O error'))
    return {
      code: GrpcStatus.UNAVAILABLE,
      message: 'The disk of the database file fails; nothing of this call was kept.',
    };
  if (text.startsWith('database disk image is malformed'))
    return {
      code: GrpcStatus.DATA_LOSS,
      message: 'The database file is damaged; "temporal-embedded db check" tells more.',
    };
  return undefined;
}

const isAbortError = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError';
