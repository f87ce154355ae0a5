/** What evidence says about engine turns: who worked, what it cost, what it left; recorded work is always named as such. */
import type { EngineWork } from '../../domain/activity-contracts.js';

export function engineEvidence(turns: readonly EngineWork[]): Record<string, unknown> {
  const sum = (pick: (turn: EngineWork) => number | undefined) =>
    turns.reduce<number | undefined>((total, turn) => {
      const value = pick(turn);
      return value === undefined ? total : (total ?? 0) + value;
    }, undefined);
  const last = turns.at(-1);
  return {
    engine: last?.engine ?? null,
    turns: turns.length,
    files: [...new Set(turns.flatMap((turn) => turn.files))].sort(),
    commits: turns.flatMap((turn) => turn.commits),
    usage: {
      inputTokens: sum((turn) => turn.usage.inputTokens),
      outputTokens: sum((turn) => turn.usage.outputTokens),
      costUsd: sum((turn) => turn.usage.costUsd),
      source: last?.usage.source ?? 'none',
    },
    /** Used by attempts that were killed, failed or were cancelled before. */
    usedBefore: turns.flatMap((turn) => turn.usedBefore),
    warnings: turns.flatMap((turn) => turn.warnings),
    resumed: turns.some((turn) => turn.resumed),
    /** Attempts that were cut off: what went on from them, and what of their work was lost. */
    interruptions: turns.flatMap((turn) => turn.interruptions),
  };
}
