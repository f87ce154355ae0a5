/**
 * What follows a run of one engine of a list, as a pure function:
 *
 *   edited, no_change, refused, cancelled         -> done: a result, or our own stop
 *   engine_error at the budget                    -> done: a person decides what is spent
 *   engine_error that no second try helps         -> next
 *   engine_error, timeout                         -> again, and next after the attempts of that engine
 *
 * After the last engine of the list `next` means that nobody did the work.
 */
import type { EngineRun } from '../coding-engine.js';

export type NextStep = 'done' | 'again' | 'next';

/** `attempt` counts the runs of this engine in this turn, from 1. */
export function afterRun(
  run: Pick<EngineRun, 'outcome' | 'retryable' | 'budgetSpent'>,
  attempt: number,
  attempts: number,
): NextStep {
  switch (run.outcome) {
    case 'edited':
    case 'no_change':
    case 'refused':
    case 'cancelled':
      return 'done';
    case 'engine_error':
    case 'timeout':
      if (run.budgetSpent === true) return 'done';
      return run.retryable && attempt < attempts ? 'again' : 'next';
    default:
      throw new Error(`unknown engine outcome ${String(run.outcome satisfies never)}`);
  }
}

/** Where in a list a turn is: kept as the session's name in heartbeats, so that a turn that is cut off goes on there. */
export interface ListPlace {
  /** Index of the engine. */
  readonly index: number;
  /** The engine's name: a list that was changed meanwhile begins anew. */
  readonly name: string;
  readonly attempt: number;
  /** The engine's own session. */
  readonly sessionId?: string;
}

export function encodePlace({ index, name, attempt, sessionId = '' }: ListPlace): string {
  return ['list', index, name, attempt, sessionId].join(':');
}

/** Undefined for anything that is no place in a list of these engines. */
export function decodePlace(text: string | undefined, names: readonly string[]): ListPlace | undefined {
  const [, index, name, attempt, sessionId] = /^list:(\d+):([^:]+):(\d+):(.*)$/s.exec(text ?? '') ?? [];
  if (name === undefined || names[Number(index)] !== name) return undefined;
  const session = sessionId === undefined || sessionId === '' ? {} : { sessionId };
  return { index: Number(index), name, attempt: Number(attempt), ...session };
}
