/**
 * What a turn was worth. An agent's own success signal can't be trusted: agents end normally on outages, refusals and
 * empty work. So the worktree is asked first, then the protocol, then whether a model was reached at all.
 *
 *   stopped by us        -> cancelled | timeout
 *   protocol error       -> engine_error (a refused key: no second try)
 *   end without usage    -> engine_error, when the agent always reports usage; so is an end with its failure message
 *   work is there        -> edited
 *   refusal, rejected    -> refused
 *   a limit of the agent -> engine_error
 *   else                 -> no_change
 */
import type { EngineRun } from '../coding-engine.js';
import type { AcpProfile } from './acp-profile.js';
import type { AcpTurnEnd, TurnUsage } from './acp-turn.js';

export type Judgement = Pick<EngineRun, 'outcome' | 'retryable' | 'detail'>;

export interface TurnFacts {
  readonly profile: AcpProfile;
  readonly end: AcpTurnEnd;
  /** Whether the worktree holds work of this turn. */
  readonly hasWork: boolean;
  readonly toolCalls: number;
  /** What the agent said last. */
  readonly lastMessage: string;
  /** Permissions that we refused. */
  readonly rejected: number;
  /** How the agent's process ended, when it did by itself. */
  readonly ending: string | undefined;
}

/** ACP's "authentication required". */
const AUTHENTICATION_REQUIRED = -32_000;
const REFUSED_KEY = /\b40[13]\b|unauthori[sz]ed|forbidden|authentication|invalid.{0,10}api.?key/i;

export function judgeTurn(facts: TurnFacts): Judgement {
  const { profile, end, hasWork, toolCalls, lastMessage, rejected, ending } = facts;
  const did = `${String(toolCalls)} tool calls`;
  switch (end.kind) {
    case 'stopped':
      if (end.cause === 'cancelled') return { outcome: 'cancelled', retryable: true, detail: `Stopped after ${did}.` };
      return {
        outcome: 'timeout',
        retryable: true,
        detail:
          end.cause === 'idle'
            ? `${profile.name} was silent for too long after ${did}; it was ended.`
            : `${profile.name} took too long (${did}); it was ended.`,
      };
    case 'failed': {
      const isKeyRefused = end.code === AUTHENTICATION_REQUIRED || REFUSED_KEY.test(end.message);
      const why = ending === undefined ? end.message : `${end.message} (${ending})`;
      return {
        outcome: 'engine_error',
        retryable: !isKeyRefused,
        detail: isKeyRefused ? `The model's provider refuses the key: ${why}` : `${profile.name} failed: ${why}`,
      };
    }
    case 'ended':
      break;
    default:
      throw new Error(`unknown end ${String(end satisfies never)}`);
  }
  const { stopReason, usage } = end;
  if (stopReason === 'end_turn') {
    const { reportsUsage, failureMessage } = profile.quirks;
    if (failureMessage?.test(lastMessage) === true) {
      const said = lastMessage.split('\n')[0] ?? '';
      return {
        outcome: 'engine_error',
        retryable: !REFUSED_KEY.test(said),
        detail: `${profile.name} gave up: ${said}`,
      };
    }
    if (reportsUsage && !usedModel(usage)) {
      const detail = `${profile.name} ended its turn without having used the model: its provider seems to be failing.`;
      return { outcome: 'engine_error', retryable: true, detail };
    }
  }
  if (hasWork) {
    const detail = `It changed files with ${did}${stopReason === 'end_turn' ? '' : ` and stopped with ${stopReason}`}.`;
    return { outcome: 'edited', retryable: false, detail };
  }
  if (stopReason === 'refusal') {
    return { outcome: 'refused', retryable: false, detail: 'The model refused the task.' };
  }
  if (rejected > 0) {
    const detail = `It changed nothing: ${String(rejected)} of its requests were not permitted.`;
    return { outcome: 'refused', retryable: false, detail };
  }
  if (stopReason !== 'end_turn') {
    return { outcome: 'engine_error', retryable: true, detail: `It stopped with ${stopReason} and changed nothing.` };
  }
  return { outcome: 'no_change', retryable: false, detail: `It ended its turn with ${did} and changed nothing.` };
}

function usedModel(usage: TurnUsage | undefined): boolean {
  return (usage?.inputTokens ?? 0) + (usage?.outputTokens ?? 0) + (usage?.totalTokens ?? 0) > 0;
}
