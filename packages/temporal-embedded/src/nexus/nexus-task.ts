/**
 * A request to a handler as it waits in a task queue for a worker, and the token by which its answer finds back. Both live
 * in memory only: the operation is what is kept, and a service that starts again asks its handler again.
 */
import { InvalidArgumentError } from '../errors.js';
import { stateCodec } from '../history/state-schema.js';
import type { temporal } from '../proto/root.js';

/** What a poll answers with. */
export type NexusHandout = temporal.api.workflowservice.v1.IPollNexusTaskQueueResponse;

export interface NexusTask {
  /** What the worker gets; undefined when nobody waits for an answer any more. */
  start(): NexusHandout | undefined;
}

/** Implemented by matching; returns how to take the task back. */
export interface NexusTaskDispatcher {
  addNexusTask(namespaceId: string, taskQueue: string, task: NexusTask): () => void;
}

export interface NexusTaskToken {
  namespaceId: string;
  taskQueue: string;
  taskId: string;
}

const codec = stateCodec<NexusTaskToken>('NexusTaskToken');

export const encodeNexusTaskToken = (token: NexusTaskToken): Uint8Array => codec.encode(token);

/** Throws InvalidArgumentError for what is no token of a Nexus task. */
export function decodeNexusTaskToken(bytes: Uint8Array | null | undefined): NexusTaskToken {
  if (!bytes || bytes.length === 0) throw new InvalidArgumentError('Task token not set on request.');
  let token: NexusTaskToken | undefined;
  try {
    token = codec.decode(bytes);
  } catch {
    // Not even a message.
  }
  if (!token?.taskQueue || !token.taskId) throw new InvalidArgumentError('Error deserializing task token.');
  return token;
}
