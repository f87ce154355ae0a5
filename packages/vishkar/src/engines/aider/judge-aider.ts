/**
 * What a turn of Aider was worth. It exits with 0 on an outage, on a refused key and with nothing done, so the meter is
 * asked (was the model reached, and how did its last call end), then the worktree.
 *
 *   stopped by us or by a limit            -> cancelled | timeout
 *   the budget is used up, or its limit    -> engine_error, no second try
 *   no call was answered, the last failed  -> engine_error (a refused key: no second try)
 *   answers without a single token         -> engine_error
 *   work is there                          -> edited
 *   else                                   -> no_change, or engine_error when the program itself broke
 */
import type { Usage } from '../../domain/usage.js';
import type { EngineRun } from '../coding-engine.js';
import type { ModelCall, ModelStop } from '../model-access.js';

export type Judgement = Pick<EngineRun, 'outcome' | 'retryable' | 'detail'>;

export interface AiderFacts {
  readonly end: AiderEnd;
  readonly calls: readonly ModelCall[];
  readonly usage: Usage | undefined;
  /** Why the meter lets no more calls through. */
  readonly stopped: ModelStop | undefined;
  /** Whether the worktree holds work of this turn. */
  readonly hasWork: boolean;
  /** The end of what it printed. */
  readonly said: string;
}

export type AiderEnd =
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'timeout'; readonly idle: boolean }
  /** Its calls kept failing, so it was ended. */
  | { readonly kind: 'outage' }
  | { readonly kind: 'exited'; readonly exitCode: number; readonly signalName: string | undefined };

export function judgeAider({ end, calls, usage, stopped, hasWork, said }: AiderFacts): Judgement {
  if (end.kind === 'cancelled') return { outcome: 'cancelled', retryable: true, detail: 'Aider was stopped.' };
  if (stopped !== undefined) {
    return { outcome: 'engine_error', retryable: false, detail: `Aider was stopped: ${stopped.detail}.` };
  }
  if (end.kind === 'timeout') {
    const why = end.idle ? 'was silent for too long' : 'took too long';
    return { outcome: 'timeout', retryable: true, detail: `Aider ${why} and was ended.` };
  }
  const exit = end.kind === 'outage' ? 'ended after calls that failed' : describeExit(end);
  const last = calls.at(-1);
  if (last === undefined) return failure(`Aider did not reach its model (${exit})`, said);
  if (last.status === 401 || last.status === 403) {
    const detail = `The model's provider refuses the key (status ${String(last.status)}).`;
    return { outcome: 'engine_error', retryable: false, detail };
  }
  if (last.status >= 400 || last.cut === true) {
    const how = last.cut === true ? 'was cut off' : `was answered with status ${String(last.status)}`;
    return failure(`Aider's last call to the model ${how}`, said);
  }
  if (usage?.outputTokens === 0) return failure('The model answered nothing', said);
  if (end.kind === 'exited' && end.signalName !== undefined) return failure(`Aider ended (${exit})`, said);
  const did = `${String(calls.length)} call${calls.length === 1 ? '' : 's'} to the model`;
  if (hasWork) return { outcome: 'edited', retryable: false, detail: `It changed files with ${did}.` };
  if (end.kind === 'exited' && end.exitCode !== 0) return failure(`Aider failed (${exit})`, said);
  return { outcome: 'no_change', retryable: false, detail: `It ended its turn with ${did} and changed nothing.` };
}

function failure(what: string, said: string): Judgement {
  const line = lastLine(said);
  return { outcome: 'engine_error', retryable: true, detail: line === '' ? `${what}.` : `${what}: ${line}` };
}

function describeExit({ exitCode, signalName }: Extract<AiderEnd, { kind: 'exited' }>): string {
  return signalName === undefined ? `exit code ${String(exitCode)}` : `ended by ${signalName}`;
}

/** What Aider says of its waiting and counting explains nothing. */
const ASIDE = /^(Retrying in |Tokens: |Empty response)/;

function lastLine(text: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  return lines.findLast((line) => line !== '' && !ASIDE.test(line))?.slice(0, 300) ?? '';
}
