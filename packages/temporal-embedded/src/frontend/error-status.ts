/**
 * Turns whatever a handler throws into the gRPC status that a client gets.
 * It is the boundary between our error classes and the wire: the message goes into `grpc-message`, the typed detail
 * into `grpc-status-details-bin` (an encoded `google.rpc.Status`), which is where official SDKs look for it.
 * Rule: what is not a `ServiceError` leaves as INTERNAL with an id only; the log has the error under the same id.
 */
import { randomBytes } from 'node:crypto';
import { Metadata } from '@grpc/grpc-js';
import type { ServiceError as GrpcServiceError } from '@grpc/grpc-js';
import { GrpcStatus, ServiceError } from '../errors.js';
import type { Logger } from '../logger.js';
import { googleProto } from '../proto/root.js';

/** The metadata key of the encoded `google.rpc.Status`. */
const STATUS_DETAILS_KEY = 'grpc-status-details-bin';

/** Maps a thrown value to the status of one call; logs it when it is unexpected. */
export function toGrpcStatus(error: unknown, rpcName: string, logger: Logger): Partial<GrpcServiceError> {
  if (error instanceof ServiceError) return encodeServiceError(error);
  if (isAbortError(error)) return { code: GrpcStatus.CANCELLED, details: 'The call was cancelled.' };
  const errorId = randomBytes(4).toString('hex');
  logger.error({ err: error, rpc: rpcName, errorId }, 'unexpected error in an rpc');
  return {
    code: GrpcStatus.INTERNAL,
    details: `Something went wrong in ${rpcName}; the server's log tells more under ${errorId}.`,
  };
}

function encodeServiceError(error: ServiceError): Partial<GrpcServiceError> {
  if (!error.detail) return { code: error.grpcStatus, details: error.message };
  const status = googleProto.rpc.Status.encode({
    code: error.grpcStatus,
    message: error.message,
    details: [{ type_url: `type.googleapis.com/${error.detail.typeName}`, value: error.detail.value }],
  }).finish();
  const metadata = new Metadata();
  metadata.set(STATUS_DETAILS_KEY, Buffer.from(status));
  return { code: error.grpcStatus, details: error.message, metadata };
}

const isAbortError = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError';
