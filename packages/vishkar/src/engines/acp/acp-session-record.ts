/**
 * What an agent reported while it worked: counts for progress, cost, and the time of its last sign of life. Updates of
 * a session that is being loaded are its past, not progress.
 */
import type { SessionUpdate } from '@agentclientprotocol/sdk';
import type { Transcript } from '../transcript.js';

/** Kinds of updates that a past is made of; others tell what an agent can do. */
const PAST: ReadonlySet<SessionUpdate['sessionUpdate']> = new Set([
  'user_message_chunk',
  'agent_message_chunk',
  'agent_thought_chunk',
  'tool_call',
  'plan',
]);
const ACTIVITY_CHARACTERS = 200;
const MESSAGE_CHARACTERS = 2_000;

export class AcpSessionRecord {
  readonly #transcript: Transcript;
  readonly #toolCalls = new Set<string>();
  #isReplay = false;
  #replayed = 0;
  #rejected = 0;
  #costUsd: number | undefined;
  #activity: string | undefined;
  #lastUpdateAt = performance.now();
  #message: { readonly id: string | undefined; text: string } | undefined;

  constructor(transcript: Transcript) {
    this.#transcript = transcript;
  }

  get toolCalls(): number {
    return this.#toolCalls.size;
  }

  /** One line on what it is doing. */
  get activity(): string | undefined {
    return this.#activity;
  }

  /** Cumulative for the session, when it says so in dollars. */
  get costUsd(): number | undefined {
    return this.#costUsd;
  }

  /** The beginning of what it said last, after its last tool call. */
  get lastMessage(): string {
    return this.#message?.text ?? '';
  }

  /** Permissions that were refused. */
  get rejected(): number {
    return this.#rejected;
  }

  /** On the clock of `performance.now()`. */
  get lastUpdateAt(): number {
    return this.#lastUpdateAt;
  }

  /** Messages and tool calls that a session brought from its past. */
  get replayed(): number {
    return this.#replayed;
  }

  /** Runs `load` while updates are taken as the session's past. */
  async whileReplaying<T>(load: () => Promise<T>): Promise<T> {
    this.#isReplay = true;
    try {
      return await load();
    } finally {
      this.#isReplay = false;
    }
  }

  addRejection(): void {
    this.#rejected += 1;
  }

  add(update: SessionUpdate): void {
    this.#lastUpdateAt = performance.now();
    if (this.#isReplay) {
      if (PAST.has(update.sessionUpdate)) this.#replayed += 1;
      return;
    }
    this.#transcript.write({ type: 'update', update });
    switch (update.sessionUpdate) {
      case 'tool_call':
        this.#toolCalls.add(update.toolCallId);
        this.#message = undefined;
        this.#activity = update.title.replaceAll(/\s+/g, ' ').slice(0, ACTIVITY_CHARACTERS);
        break;
      case 'agent_message_chunk': {
        const id = update.messageId ?? undefined;
        if (this.#message === undefined || this.#message.id !== id) this.#message = { id, text: '' };
        const room = MESSAGE_CHARACTERS - this.#message.text.length;
        if (update.content.type === 'text') this.#message.text += update.content.text.slice(0, room);
        break;
      }
      case 'usage_update':
        if (update.cost?.currency === 'USD') this.#costUsd = update.cost.amount;
        break;
      default:
        // The rest is for the transcript.
        break;
    }
  }
}
