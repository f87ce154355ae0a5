/**
 * A WorkflowService client with nothing between it and the wire but grpc-js and protobufjs: no SDK, no retries, no
 * interceptors, so that what is measured is the server. One connection, as one worker process has.
 */
import { Client, credentials } from '@grpc/grpc-js';
import proto from '@temporalio/proto';

const SERVICE = 'temporal.api.workflowservice.v1.WorkflowService';
/** Of short calls; a long poll passes its own. */
const CALL_MS = 30_000;
/** The length of a long poll: longer than any measurement, so that polls do not add calls of their own. */
const POLL_MS = 60_000;

export class RawClient {
  #client;
  #methods = new Map();
  #polls = new Set();

  constructor(address) {
    this.#client = new Client(address, credentials.createInsecure(), {
      'grpc.max_receive_message_length': -1,
      'grpc.initial_reconnect_backoff_ms': 20,
      'grpc.min_reconnect_backoff_ms': 20,
      'grpc.max_reconnect_backoff_ms': 50,
    });
    for (const method of proto.lookupService(SERVICE).methodsArray) {
      method.resolve();
      this.#methods.set(method.name, {
        path: `/${SERVICE}/${method.name}`,
        encode: (message) => Buffer.from(method.resolvedRequestType.encode(message).finish()),
        decode: (bytes) => method.resolvedResponseType.decode(bytes),
      });
    }
  }

  /** One unary call; rejects with the grpc-js error. */
  call(rpc, request, deadlineMs = CALL_MS) {
    return this.#start(rpc, request, deadlineMs).reply;
  }

  /** A long poll; resolves with undefined when `endPolls` cancels it. */
  async poll(rpc, request) {
    const { call, reply } = this.#start(rpc, request, POLL_MS);
    this.#polls.add(call);
    try {
      return await reply;
    } catch (error) {
      if (call.wasEnded) return undefined;
      throw error;
    } finally {
      this.#polls.delete(call);
    }
  }

  /** Cancels what polls now; further polls are the callers' affair. */
  endPolls() {
    for (const call of this.#polls) {
      call.wasEnded = true;
      call.cancel();
    }
  }

  close() {
    this.#client.close();
  }

  #start(rpc, request, deadlineMs) {
    const { path, encode, decode } = this.#methods.get(rpc);
    let call;
    const reply = new Promise((resolve, reject) => {
      const options = { deadline: Date.now() + deadlineMs };
      call = this.#client.makeUnaryRequest(path, encode, decode, request, options, (error, response) =>
        error ? reject(error) : resolve(response),
      );
    });
    return { call, reply };
  }
}
