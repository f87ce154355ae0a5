/**
 * The border between a scripted model and a provider's protocol: a wire reads a request into a conversation and writes
 * a reply as one body or as the chunks of a stream. Another protocol is another implementation of this.
 */
import type { Conversation, ScriptedReply } from './scenario.js';

export interface ModelWire {
  /** Path of the endpoint that it serves with POST. */
  readonly path: string;
  readConversation(body: unknown): Conversation;
  /** The reply in one piece. */
  body(reply: ScriptedReply, model: string): unknown;
  /** The reply as server-sent events, one string per chunk, line ends included. */
  chunks(reply: ScriptedReply, model: string): readonly string[];
  errorBody(status: number, message: string): unknown;
}
