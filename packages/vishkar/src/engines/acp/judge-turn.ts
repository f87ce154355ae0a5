/**
 * What a turn was worth. An agent's own success signal can't be trusted: agents end normally on outages, refusals and
 * empty work. So the worktree is asked first, then the protocol, then whether a model was reached at all.
 *
 *   stopped by us        -> cancelled | timeout; engine_error while its provider was failing
 *   protocol error       -> engine_error (a refused key: no second try)
 *   end on an outage     -> engine_error: its last call to the model failed, none was answered, it says so, or it
 *                           always reports usage and reports none
 *   work is there        -> edited
 *   refusal, rejected    -> refused
 *   a limit of the agent -> engine_error
 *   else                 -> no_change
 */
import type { EngineRun } from '../coding-engine.js';
import type { AcpProfile } from './acp-profile.js';
import type { AcpTurnEnd, TurnUsage } from './acp-turn.js';
import type { ModelCallRecord, ProviderFailure } from './model-call-record.js';

export type Judgement = Pick<EngineRun, 'outcome' | 'retryable' | 'detail'>;

export interface TurnFacts {
  readonly profile: AcpProfile;
  readonly end: AcpTurnEnd;
  /** Its calls to the model; undefined when nobody stands between to see them. */
  readonly calls: Pick<ModelCallRecord, 'succeeded' | 'failure'> | undefined;
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
  const { profile, end, calls, hasWork, toolCalls, rejected, ending } = facts;
  const failure = calls?.failure;
  const did = `${String(toolCalls)} tool calls`;
  switch (end.kind) {
    case 'stopped':
      if (end.cause === 'cancelled') return { outcome: 'cancelled', retryable: true, detail: `Stopped after ${did}.` };
      if (failure !== undefined && end.cause !== 'timeout') {
        const detail = `${profile.name} went on asking a provider that fails (${told(failure)}); it was ended after ${did}.`;
        return { outcome: 'engine_error', retryable: !isKeyRefusal(failure), detail };
      }
      return {
        outcome: 'timeout',
        retryable: true,
        detail:
          end.cause === 'idle'
            ? `${profile.name} was silent for too long after ${did}; it was ended.`
            : `${profile.name} took too long (${did}); it was ended.`,
      };
    case 'failed': {
      const isKeyRefused =
        end.code === AUTHENTICATION_REQUIRED || REFUSED_KEY.test(end.message) || isKeyRefusal(failure);
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
  const outage = stopReason === 'end_turn' ? findOutage(facts, usage) : undefined;
  if (outage !== undefined) return { outcome: 'engine_error', ...outage };
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

/** Why an end that looks normal is none. */
function findOutage(
  { profile: { name, quirks }, calls, lastMessage }: TurnFacts,
  usage: TurnUsage | undefined,
): Pick<Judgement, 'retryable' | 'detail'> | undefined {
  if (calls?.failure !== undefined) {
    const detail = `${name} ended its turn because its provider fails: ${told(calls.failure)}.`;
    return { retryable: !isKeyRefusal(calls.failure), detail };
  }
  if (quirks.failureMessage?.test(lastMessage) === true) {
    const said = lastMessage.split('\n')[0] ?? '';
    return { retryable: !REFUSED_KEY.test(said), detail: `${name} gave up: ${said}` };
  }
  // Whoever stands between knows; else the engine's word is all there is.
  const reachedModel = calls === undefined ? !quirks.reportsUsage || usedModel(usage) : calls.succeeded > 0;
  if (reachedModel) return undefined;
  const detail = `${name} ended its turn without having used the model: its provider seems to be failing.`;
  return { retryable: true, detail };
}

function told({ status, times }: ProviderFailure): string {
  return `${String(status)} to its last ${times === 1 ? 'call' : `${String(times)} calls`}`;
}

function isKeyRefusal(failure: ProviderFailure | undefined): boolean {
  return failure?.status === 401 || failure?.status === 403;
}

function usedModel(usage: TurnUsage | undefined): boolean {
  return (usage?.inputTokens ?? 0) + (usage?.outputTokens ?? 0) + (usage?.totalTokens ?? 0) > 0;
}
