/** The token that goes out with a task and comes back with its answer: names the run, the task and the attempt. */
import { InvalidArgumentError } from '../errors.js';
import { stateCodec } from './state-schema.js';

export interface TaskToken {
  runKey: number;
  runId: string;
  namespaceId: string;
  workflowId: string;
  scheduledEventId: number;
  startedEventId: number;
  attempt: number;
  startedTimeMs: number;
  activityId: string;
  /** Set for a query task: nothing else of the token matters then. */
  queryId: string;
}

const codec = stateCodec<TaskToken>('TaskToken');

export function encodeTaskToken(token: Partial<TaskToken>): Uint8Array {
  return codec.encode(token as TaskToken);
}

/** Throws InvalidArgumentError for what is not a token of this service. */
export function decodeTaskToken(bytes: Uint8Array | null | undefined): TaskToken {
  if (!bytes || bytes.length === 0) throw new InvalidArgumentError('Task token not set on request.');
  try {
    return codec.decode(bytes);
  } catch {
    throw new InvalidArgumentError('Error deserializing task token.');
  }
}
