/**
 * What an agent reported while it worked: counts for progress, cost, and the time of its last sign of life. Updates of
 * a session that is being loaded are its past, not progress.
 */
import { createHash } from 'node:crypto';
import type { SessionUpdate, ToolCallUpdate } from '@agentclientprotocol/sdk';
import { canonicalJson } from '../../domain/receipt.js';
import type { FinishedStep } from '../coding-engine.js';
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

interface ToolCall {
  title: string;
  input: unknown;
  isOver: boolean;
}

type ToolCallPart = Pick<ToolCallUpdate, 'toolCallId' | 'title' | 'kind' | 'rawInput' | 'status'>;

const oneLine = (text: string) => text.replaceAll(/\s+/g, ' ').slice(0, ACTIVITY_CHARACTERS);

export class AcpSessionRecord {
  readonly #transcript: Transcript;
  readonly #onStep: (step: FinishedStep) => void;
  readonly #toolCalls = new Map<string, ToolCall>();
  #onHeard: (() => void) | undefined;
  #isReplay = false;
  #replayed = 0;
  #rejected = 0;
  #costUsd: number | undefined;
  #activity: string | undefined;
  #lastUpdateAt = performance.now();
  #message: { readonly id: string | undefined; text: string } | undefined;

  constructor(transcript: Transcript, onStep: (step: FinishedStep) => void) {
    this.#transcript = transcript;
    this.#onStep = onStep;
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

  /** True when it has said or done something about what it was prompted with. */
  get hasWorked(): boolean {
    return this.#hasWorked;
  }
  #hasWorked = false;

  /** Called once, when it next says or does something. */
  onceHeard(onHeard: () => void): void {
    this.#onHeard = onHeard;
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
    if (PAST.has(update.sessionUpdate)) {
      this.#hasWorked = true;
      this.#onHeard?.();
      this.#onHeard = undefined;
    }
    switch (update.sessionUpdate) {
      case 'tool_call_update':
        this.#noteStep(update);
        break;
      case 'tool_call':
        this.#noteStep(update);
        this.#message = undefined;
        this.#activity = oneLine(update.title);
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

  /** A call may be told of in parts: its title and input first, then how it ended. */
  #noteStep({ toolCallId, title, kind, rawInput, status }: ToolCallPart): void {
    const call = this.#toolCalls.get(toolCallId) ?? { title: '', input: null, isOver: false };
    this.#toolCalls.set(toolCallId, call);
    if (call.isOver) return;
    if (title != null) call.title = oneLine(title);
    if (rawInput !== undefined) call.input = { kind: kind ?? null, rawInput };
    call.isOver = status === 'completed' || status === 'failed';
    if (status !== 'completed') return;
    const digest = createHash('sha256').update(canonicalJson([call.title, call.input]));
    this.#onStep({ title: call.title, digest: digest.digest('hex') });
  }
}
