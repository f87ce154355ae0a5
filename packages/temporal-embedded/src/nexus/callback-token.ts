/**
 * Where the completion of an operation goes: the callback that a handler is given, and that comes back with the workflow
 * it starts. Opaque to handlers; it names the operation, so that a completion finds it after restarts and resets.
 */
import { stateCodec } from '../history/state-schema.js';

/** Handlers hand a callback's URL on as it is. This one means: the service that asked, by no network at all. */
export const SERVICE_CALLBACK_URL = 'temporal://system';
/** The header of a callback that holds the token. */
export const CALLBACK_TOKEN_HEADER = 'temporal-callback-token';
/** The header in which a handler says the token of the operation, in case it ends before it is said to have started. */
export const OPERATION_TOKEN_HEADER = 'nexus-operation-token';

/** The operation that a callback completes. */
export interface CallbackTarget {
  namespaceId: string;
  workflowId: string;
  runId: string;
  scheduledEventId: number;
  requestId: string;
}

const codec = stateCodec<CallbackTarget>('CallbackTarget');

export function encodeCallbackToken(target: CallbackTarget): string {
  return JSON.stringify({ v: 1, d: Buffer.from(codec.encode(target)).toString('base64url') });
}

/** Undefined for what is no token of this service. */
export function decodeCallbackToken(token: string): CallbackTarget | undefined {
  try {
    const { v, d } = JSON.parse(token) as { v?: unknown; d?: unknown };
    if (v !== 1 || typeof d !== 'string') return undefined;
    return codec.decode(Buffer.from(d, 'base64url'));
  } catch {
    return undefined;
  }
}
