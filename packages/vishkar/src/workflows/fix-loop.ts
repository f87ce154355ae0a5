/**
 * The loop that steps 8, 10, 11 and 15 share: try, and while the gate is red let the engine fix and try again, at most
 * `maxRounds` times; then a person decides (retry: as many rounds again; override: with a reason, in the evidence).
 */
import type { EngineWork } from '../domain/activity-contracts.js';
import type { Evidence } from '../domain/evidence.js';
import type { GateVerdict } from '../domain/gate.js';
import type { StepId } from '../domain/step.js';
import type { StoryRun } from './story-run.js';

export interface FixLoopOutcome {
  /** To be spread into the evidence. */
  readonly verdict: Pick<Evidence, 'verdict'> & Partial<Pick<Evidence, 'by'>>;
  readonly fixRounds: number;
  readonly turns: readonly EngineWork[];
  readonly overrideReason?: string;
}

export async function fixLoop(
  run: StoryRun,
  step: StepId,
  loop: {
    /** `isBeyondUs`: no fix of the engine's would help, so a person is asked at once. */
    readonly attempt: () => Promise<{ readonly gate: GateVerdict; readonly isBeyondUs?: boolean }>;
    readonly fix: (reasons: readonly string[]) => Promise<EngineWork>;
  },
): Promise<FixLoopOutcome> {
  const turns: EngineWork[] = [];
  for (let allowed = run.options.maxRounds; ;) {
    const { gate, isBeyondUs = false } = await loop.attempt();
    if (gate.passed) return { verdict: { verdict: 'passed' }, fixRounds: turns.length, turns };
    // An engine that changed nothing will change nothing: asking again would only burn rounds.
    if (isBeyondUs || turns.length >= allowed || turns.at(-1)?.outcome === 'no_change') {
      const answer = await run.askPerson({
        step,
        question: isBeyondUs
          ? `not passed, and nothing in the change is the cause: ${gate.reasons.join('; ')}`
          : `not passed after ${String(turns.length)} rounds of fixing: ${gate.reasons.join('; ')}`,
        options: ['retry', 'override', 'abandon'],
      });
      if (answer.choice === 'override')
        return {
          verdict: { verdict: 'overridden', by: answer.by },
          fixRounds: turns.length,
          turns,
          overrideReason: answer.reason,
        };
      allowed = turns.length + run.options.maxRounds;
      if (isBeyondUs) continue;
    }
    run.notes.push(`step ${step}: ${gate.reasons.join('; ')}; the engine fixes, round ${String(turns.length + 1)}`);
    turns.push(await loop.fix(gate.reasons));
  }
}
