/**
 * What a scripted model says: turns found by the text of the prompt, each a list of replies found by how far the
 * conversation in the request has come. There is no counter: an engine that retries, or resumes a session after it was
 * killed, gets the reply that fits what it has.
 */

export interface ToolCall {
  readonly tool: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** What goes wrong with a reply. */
export interface Fault {
  /** Answers with this HTTP status and an error body. */
  readonly status?: number;
  /** Headers that go with `status`: `retry-after`, for one. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Waits before the first byte. */
  readonly delayHeadersMs?: number;
  /** Sends this many chunks of a stream, then nothing more; the connection stays open. */
  readonly stallAfterChunks?: number;
  /** Sends this many chunks of a stream, then breaks the connection. */
  readonly cutAfterChunks?: number;
  /** Sends arguments of tool calls that are not JSON. */
  readonly badToolArguments?: boolean;
  /** Only the first so many requests for this reply meet the fault. Default: all. */
  readonly times?: number;
}

export interface ScriptedReply {
  readonly say?: string;
  readonly calls?: readonly ToolCall[];
  /** Tokens it claims to have used; `null` leaves usage out. Default 100 in, 20 out. */
  readonly usage?: { readonly inputTokens: number; readonly outputTokens: number } | null;
  readonly fault?: Fault;
}

export interface ScriptedTurn {
  /** Found in the user message that begins the turn. */
  readonly match: RegExp;
  readonly replies: readonly ScriptedReply[];
}

export interface Scenario {
  /** The model name that asks for it, so that one server serves many runs at once. */
  readonly model: string;
  readonly turns: readonly ScriptedTurn[];
  /**
   * For an engine that offers no tools and reads edits from the text of a reply. Each reply is used up by standing in the
   * conversation; the last one is said again. Default false: a request without tools is a side call.
   */
  readonly editsByText?: boolean;
}

/** A request's conversation, whatever the wire. */
export interface Conversation {
  readonly model: string;
  readonly streams: boolean;
  /** Names of offered tools; a request without any is a side call (a title, a summary). */
  readonly tools: readonly string[];
  readonly messages: readonly ConversationMessage[];
}

export interface ConversationMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly text: string;
}

export interface ChosenReply {
  readonly reply: ScriptedReply;
  /** Index of the turn in the scenario; undefined for a side call and for a prompt that no turn matches. */
  readonly turn?: number;
  readonly index?: number;
}

const SIDE_REPLY: ScriptedReply = { say: 'Scripted model' };
const END_REPLY: ScriptedReply = { say: 'Done.' };
const UNKNOWN_REPLY: ScriptedReply = { say: 'Nothing is scripted for this prompt.' };

/** The reply that fits where the conversation stands. */
export function chooseReply(scenario: Scenario, { tools, messages }: Conversation): ChosenReply {
  const byText = scenario.editsByText === true;
  if (tools.length === 0 && !byText) return { reply: SIDE_REPLY };
  for (let at = messages.length - 1; at >= 0; at -= 1) {
    const message = messages[at];
    if (message?.role !== 'user') continue;
    const turn = scenario.turns.findIndex(({ match }) => match.test(message.text));
    if (turn < 0) continue;
    const replies = scenario.turns[turn]?.replies ?? [];
    if (byText) return { turn, ...replyAt(replies, countRole(messages.slice(at + 1), 'assistant')) };
    return { turn, ...replyAfter(replies, countRole(messages.slice(at + 1), 'tool')) };
  }
  return { reply: UNKNOWN_REPLY };
}

/** A reply is used up when there are results for all its calls; one without calls ends the turn. */
function replyAfter(replies: readonly ScriptedReply[], results: number): { reply: ScriptedReply; index: number } {
  let expected = 0;
  for (const [index, reply] of replies.entries()) {
    expected += reply.calls?.length ?? 0;
    if (reply.calls === undefined || reply.calls.length === 0 || expected > results) return { reply, index };
  }
  return { reply: END_REPLY, index: replies.length };
}

function replyAt(replies: readonly ScriptedReply[], said: number): { reply: ScriptedReply; index: number } {
  const index = Math.min(said, replies.length - 1);
  const reply = replies[index];
  return reply === undefined ? { reply: END_REPLY, index: replies.length } : { reply, index };
}

function countRole(messages: readonly ConversationMessage[], role: ConversationMessage['role']): number {
  return messages.filter((message) => message.role === role).length;
}
