/**
 * What a worker says about updates when it completes a workflow task: acceptances and responses become events,
 * rejections leave no trace. The boundary between protocol messages and the update registry.
 * The rule it guards: callers hear of nothing until the transition holds; `apply` runs only then.
 */
import { temporalProto } from '../proto/root.js';
import type { temporal } from '../proto/root.js';
import { CommandRefusedError } from './commands/command-context.js';
import { EventType } from './history-builder.js';
import { numberFromInt64 } from './proto-time.js';
import type { Int64 } from './proto-time.js';
import type { Transition } from './transition.js';
import { acceptedUpdateOutcome, unprocessedUpdateOutcome } from './update-endings.js';
import { requestMessageId } from './update-registry.js';
import type { Update, UpdateRegistry, UpdateState } from './update-registry.js';

type Message = temporal.api.protocol.v1.IMessage;
type Outcome = temporal.api.update.v1.IOutcome;

const { Acceptance, Rejection, Response } = temporalProto.api.update.v1;
const BAD =
  temporalProto.api.enums.v1.WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_BAD_UPDATE_WORKFLOW_EXECUTION_MESSAGE;
const BODY_PREFIX = 'temporal.api.update.v1.';

interface Provisional {
  readonly update: Update;
  state: UpdateState;
  acceptedEventId: number;
  outcome: Outcome | null;
}

/** True when a message only rejects, so that a speculative task that brought it can be forgotten. */
export function isRejection(message: Message): boolean {
  return bodyType(message) === 'Rejection';
}

export class UpdateMessages {
  readonly #tx: Transition;
  readonly #registry: UpdateRegistry;
  readonly #messages: Map<string, Message>;
  readonly #provisional = new Map<string, Provisional>();

  constructor(tx: Transition, registry: UpdateRegistry, messages: readonly Message[]) {
    this.#tx = tx;
    this.#registry = registry;
    this.#messages = new Map(messages.map((message) => [message.id ?? '', message]));
  }

  /** Handles the message that a PROTOCOL_MESSAGE command points at. */
  take(messageId: string): void {
    if (messageId === '') refuse('MessageID is not set on ProtocolMessageCommand.');
    const message = this.#messages.get(messageId);
    if (!message) return refuse(`ProtocolMessageCommand referenced absent message ID ${messageId}`);
    this.#messages.delete(messageId);
    this.#handle(message);
  }

  /** Handles the messages that no command pointed at, in their order. */
  takeRemaining(): void {
    const rest = [...this.#messages.values()];
    this.#messages.clear();
    for (const message of rest) this.#handle(message);
  }

  /** Rejects what the worker was sent and did not answer, so that it is not sent again and again. */
  rejectUnprocessed(): void {
    for (const update of this.#registry.values()) {
      if (update.state !== 'sent' || this.#provisional.has(update.id)) continue;
      this.#provisional.set(update.id, {
        update,
        state: 'rejected',
        acceptedEventId: 0,
        outcome: unprocessedUpdateOutcome(),
      });
    }
  }

  /** The run closes with updates accepted but not completed. */
  abortAccepted(): void {
    for (const update of this.#registry.values()) {
      if (this.#provisional.has(update.id) || update.state !== 'accepted') continue;
      this.#provisional.set(update.id, {
        update,
        state: 'aborted',
        acceptedEventId: update.acceptedEventId,
        outcome: acceptedUpdateOutcome(),
      });
    }
    for (const provisional of this.#provisional.values()) {
      if (provisional.state !== 'accepted') continue;
      provisional.state = 'aborted';
      provisional.outcome = acceptedUpdateOutcome();
    }
  }

  /** Tells the registry, and through it the callers. */
  apply(): void {
    for (const { update, state, acceptedEventId, outcome } of this.#provisional.values()) {
      update.acceptedEventId = acceptedEventId;
      update.settle(state, outcome);
      if (state !== 'accepted') this.#registry.remove(update.id);
      // One that a reset carried over is not offered again.
      if (state === 'rejected') this.#tx.state.updates.delete(update.id);
    }
  }

  #handle(message: Message): void {
    const updateId = message.protocolInstanceId ?? '';
    const type = bodyType(message);
    const value = message.body?.value ?? new Uint8Array(0);
    if (type === undefined) return refuse(`unsupported protocol type ${message.body?.type_url ?? ''}`);
    const current = this.#current(updateId, message);
    if (!this.#tx.state.isRunning && type !== 'Rejection') {
      current.state = 'aborted';
      current.outcome = acceptedUpdateOutcome();
      return;
    }
    switch (type) {
      case 'Acceptance':
        return this.#accept(current, Acceptance.decode(value));
      case 'Rejection':
        requireState(current, ['sent', 'admitted'], type);
        current.state = 'rejected';
        current.outcome = { failure: Rejection.decode(value).failure ?? {} };
        return;
      case 'Response':
        return this.#complete(current, Response.decode(value));
      default:
        return refuse(`Message type ${type} not supported`);
    }
  }

  #accept(current: Provisional, acceptance: temporal.api.update.v1.IAcceptance): void {
    requireState(current, ['sent', 'admitted'], 'Acceptance');
    const request = current.update.request;
    const event = this.#tx.history.add(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED, {
      workflowExecutionUpdateAcceptedEventAttributes: {
        protocolInstanceId: current.update.id,
        acceptedRequestMessageId: requestMessageId(current.update.id),
        acceptedRequestSequencingEventId: numberFromInt64(acceptance.acceptedRequestSequencingEventId as Int64),
        ...(request ? { acceptedRequest: request } : {}),
      },
    });
    current.state = 'accepted';
    current.acceptedEventId = numberFromInt64(event.eventId as Int64);
    const stored = this.#tx.state.updates.get(current.update.id);
    if (!stored) this.#tx.state.updateCount += 1;
    this.#tx.state.updates.put(current.update.id, {
      updateId: current.update.id,
      acceptedEventId: current.acceptedEventId,
      completedEventId: 0,
      admittedEventId: stored?.admittedEventId ?? 0,
    });
  }

  #complete(current: Provisional, response: temporal.api.update.v1.IResponse): void {
    requireState(current, ['accepted'], 'Response');
    const event = this.#tx.history.add(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED, {
      workflowExecutionUpdateCompletedEventAttributes: {
        acceptedEventId: current.acceptedEventId,
        meta: response.meta ?? null,
        outcome: response.outcome ?? null,
      },
    });
    current.state = 'completed';
    current.outcome = response.outcome ?? {};
    this.#tx.state.updates.put(current.update.id, {
      updateId: current.update.id,
      acceptedEventId: current.acceptedEventId,
      completedEventId: numberFromInt64(event.eventId as Int64),
      admittedEventId: this.#tx.state.updates.get(current.update.id)?.admittedEventId ?? 0,
    });
  }

  #current(updateId: string, message: Message): Provisional {
    const known = this.#provisional.get(updateId);
    if (known) return known;
    const update = this.#registry.find(updateId) ?? this.#restore(updateId, message);
    if (!update) {
      return refuse(
        `update ${updateId} wasn't found on the server. This is most likely a transient error which will be resolved automatically by retries`,
      );
    }
    const provisional: Provisional = {
      update,
      state: update.state,
      acceptedEventId: update.acceptedEventId,
      outcome: null,
    };
    this.#provisional.set(updateId, provisional);
    return provisional;
  }

  /** An update from before a restart: accepted ones are in the state, sent ones travel with the worker's answer. */
  #restore(updateId: string, message: Message): Update | undefined {
    const stored = this.#tx.state.updates.get(updateId);
    if (stored?.acceptedEventId === 0) return this.#registry.restoreAdmitted(updateId);
    if (stored)
      return stored.completedEventId ? undefined : this.#registry.restoreAccepted(updateId, stored.acceptedEventId);
    const value = message.body?.value ?? new Uint8Array(0);
    const type = bodyType(message);
    const request =
      type === 'Acceptance'
        ? Acceptance.decode(value).acceptedRequest
        : type === 'Rejection'
          ? Rejection.decode(value).rejectedRequest
          : null;
    return request ? this.#registry.resurrect(updateId, request) : undefined;
  }
}

function bodyType(message: Message): string | undefined {
  const name = (message.body?.type_url ?? '').split('/').pop() ?? '';
  return name.startsWith(BODY_PREFIX) ? name.slice(BODY_PREFIX.length) : undefined;
}

function requireState(current: Provisional, allowed: readonly UpdateState[], type: string): void {
  if (allowed.includes(current.state)) return;
  refuse(
    `invalid state transition attempted for Update ${current.update.id}: received ${type} message while in state ${current.state}`,
  );
}

function refuse(message: string): never {
  throw new CommandRefusedError(BAD, message);
}
