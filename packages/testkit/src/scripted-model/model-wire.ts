/**
 * The border between a scripted model and a provider's protocol: a wire reads a request into a conversation and writes
 * a reply as one body or as the chunks of a stream. Another protocol is another implementation of this.
 */
import type { Conversation, ScriptedReply, ToolCall } from './scenario.js';

export interface ModelWire {
  /** Whether it answers what is posted to this path. */
  serves(path: string): boolean;
  /** One message for each result of a tool, so that they can be counted. */
  readConversation(body: unknown, path: string): Conversation;
  /** The reply in one piece. */
  body(reply: ScriptedReply, model: string): unknown;
  /** The reply as server-sent events, one string per chunk, line ends included. */
  chunks(reply: ScriptedReply, model: string): readonly string[];
  errorBody(status: number, message: string): unknown;
}

const DEFAULT_USAGE = { inputTokens: 100, outputTokens: 20 };

/** What a reply claims to have used; undefined when it is to say nothing of it. */
export function usageOf({ usage = DEFAULT_USAGE }: ScriptedReply): typeof DEFAULT_USAGE | undefined {
  return usage ?? undefined;
}

/** Unique within a conversation: engines pair results with calls by it. */
export function callId({ tool, arguments: values }: ToolCall, index: number): string {
  return `call_${String(index)}_${Math.abs(hash(tool + JSON.stringify(values))).toString(36)}`;
}

/** A call's arguments as JSON, or what is left of it when the reply has that fault. */
export function argumentsText({ fault }: ScriptedReply, { arguments: values }: ToolCall): string {
  return fault?.badToolArguments === true ? '{"path": ' : JSON.stringify(values);
}

function hash(text: string): number {
  return [...text].reduce((sum, character) => (sum * 31 + (character.codePointAt(0) ?? 0)) | 0, 7);
}
