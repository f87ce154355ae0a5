/**
 * One rpc on the wire: how its messages are decoded and encoded, and how its handler is run.
 * It is the hot path of the service, so it allocates little: codecs are compiled by protobufjs at the first call of
 * each rpc (not at boot, all of them would take 150 ms), and handlers that answer synchronously cost no promise.
 */
import type { handleUnaryCall, MethodDefinition, sendUnaryData, ServerUnaryCall } from '@grpc/grpc-js';
import type { Method, Type } from 'protobufjs';
import type { Logger } from '../logger.js';
import { requestType, responseType } from '../proto/rpc-types.js';
import { toGrpcStatus } from './error-status.js';
import { GrpcCallContext } from './grpc-call-context.js';
import type { ActiveCalls } from './grpc-call-context.js';
import { EncodedResponse } from './rpc-handler.js';
import type { AnyRpcHandler } from './rpc-table.js';

/** The grpc-js definition of a reflected method: path, streaming flags, lazily compiled codecs. */
export function methodDefinition(servicePath: string, method: Method): MethodDefinition<object, object> {
  const { decode, encode } = lazyCodecs(method);
  return {
    path: `/${servicePath}/${method.name}`,
    requestStream: method.requestStream ?? false,
    responseStream: method.responseStream ?? false,
    requestSerialize: () => {
      throw new Error('A server does not encode requests.');
    },
    requestDeserialize: decode,
    responseSerialize: encode,
    responseDeserialize: () => {
      throw new Error('A server does not decode responses.');
    },
  };
}

/** Runs `handler` for each call of a unary rpc. */
export function unaryCallHandler(
  rpcName: string,
  handler: AnyRpcHandler,
  calls: ActiveCalls,
  logger: Logger,
): handleUnaryCall<object, object> {
  return (call: ServerUnaryCall<object, object>, callback: sendUnaryData<object>): void => {
    const context = new GrpcCallContext(call, calls);
    try {
      // The table guarantees that the handler under this name takes this rpc's request.
      const result = handler(call.request as never, context);
      if (result instanceof Promise) {
        answerLater(result);
      } else {
        context.finish();
        callback(null, result);
      }
    } catch (error) {
      context.finish();
      callback(toGrpcStatus(error, rpcName, logger));
    }

    function answerLater(result: Promise<object>): void {
      // A shutdown may answer before the handler does; whoever takes the call out of the pending ones answers.
      const fail = (error: unknown): void => {
        if (!calls.takePending(fail)) return;
        context.finish();
        callback(toGrpcStatus(error, rpcName, logger));
      };
      calls.addPending(fail);
      result.then((response) => {
        if (!calls.takePending(fail)) return;
        context.finish();
        callback(null, response);
      }, fail);
    }
  };
}

function lazyCodecs(method: Method): { decode: (bytes: Buffer) => object; encode: (response: object) => Buffer } {
  let request: Type | undefined;
  let response: Type | undefined;
  return {
    decode: (bytes) => (request ??= requestType(method)).decode(bytes),
    encode: (message) => encodeResponse((response ??= responseType(method)), message),
  };
}

/** A response as bytes, also one that is partly encoded. */
export function encodeResponse(type: Type, response: object): Buffer {
  if (!(response instanceof EncodedResponse)) return asBuffer(type.encode(response).finish());
  const head = type.encode(response.message as object).finish();
  return Buffer.concat([head, ...response.suffix]);
}

/** protobufjs writes into Buffers on Node, but says Uint8Array. */
const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
