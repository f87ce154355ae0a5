/**
 * Answers of the HTTP API: messages and errors as JSON, and the HTTP status of each gRPC status
 * (https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto).
 */
import type { Method } from 'protobufjs';
import { GrpcStatus } from '../../errors.js';
import { toProtoJson } from '../../proto/proto-json.js';
import type { ProtoJsonOptions } from '../../proto/proto-json.js';
import { responseType } from '../../proto/rpc-types.js';
import { reflectionRoot } from '../../proto/root.js';
import type { ErrorStatus } from '../error-status.js';
import { encodeResponse } from '../grpc-method.js';

const HTTP_STATUS: Readonly<Record<number, number>> = {
  [GrpcStatus.CANCELLED]: 499,
  [GrpcStatus.INVALID_ARGUMENT]: 400,
  [GrpcStatus.DEADLINE_EXCEEDED]: 504,
  [GrpcStatus.NOT_FOUND]: 404,
  [GrpcStatus.ALREADY_EXISTS]: 409,
  [GrpcStatus.PERMISSION_DENIED]: 403,
  [GrpcStatus.RESOURCE_EXHAUSTED]: 429,
  [GrpcStatus.FAILED_PRECONDITION]: 400,
  [GrpcStatus.ABORTED]: 409,
  [GrpcStatus.OUT_OF_RANGE]: 400,
  [GrpcStatus.UNIMPLEMENTED]: 501,
  [GrpcStatus.UNAVAILABLE]: 503,
  [GrpcStatus.UNAUTHENTICATED]: 401,
};

export const httpStatusOf = (grpcStatus: number): number => HTTP_STATUS[grpcStatus] ?? 500;

/** The response of an rpc as JSON; it may hold events that are encoded already. */
export function responseJson(rpc: Method, response: object, options: ProtoJsonOptions): unknown {
  const type = responseType(rpc);
  return toProtoJson(type, type.decode(encodeResponse(type, response)), options);
}

/** An error as `google.rpc.Status` in JSON. */
export function errorJson({ code, message, detail }: ErrorStatus, options: ProtoJsonOptions): unknown {
  if (!detail) return { code, message };
  const anyType = reflectionRoot.lookupType('google.protobuf.Any');
  const any = { type_url: `type.googleapis.com/${detail.typeName}`, value: detail.value };
  return { code, message, details: [toProtoJson(anyType, any, options)] };
}
