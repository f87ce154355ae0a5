/**
 * What each attempt that was cut off cost, computed from the records of all attempts at a turn. Pure: the same records give the
 * same numbers.
 */
import type { Interruption } from '../domain/interruption.js';
import type { AttemptLine } from './attempt-record.js';

type Attempt = readonly AttemptLine[];
type Step = Extract<AttemptLine, { type: 'step' }>;

const FAILED = ['engine_error', 'timeout', 'cancelled'] as const;

/** `own`: the attempt that brought the turn to its end; undefined when the commit of the one before it was adopted. */
export function interruptionsOf(before: readonly Attempt[], own: Attempt | undefined): Interruption[] {
  return before.flatMap((lines, index) => {
    // A turn that ended with a question was not cut off.
    if (lines.some((line) => line.type === 'end' && line.outcome === 'asked')) return [];
    const later = [...before.slice(index + 1), ...(own === undefined ? [] : [own])];
    const [next] = later;
    const startedMs = lines[0]?.at ?? 0;
    const lastMs = lines.at(-1)?.at ?? startedMs;
    const steps = stepsOf(lines);
    const again = madeAgain(steps, later.flatMap(stepsOf));
    const finishedMs = lines.findLast(isProgress)?.at ?? startedMs;
    const repeatedMs = again.reduce((sum, step) => sum + durationOf(step, lines), 0);
    return {
      attempt: index + 1,
      cause: causeOf(lines),
      at: new Date(lastMs).toISOString(),
      continuedBy: next === undefined ? 'commit' : isResumed(next) ? 'session' : 'fresh_session',
      workedMs: lastMs - startedMs,
      lostMs: next === undefined ? 0 : lastMs - finishedMs + repeatedMs,
      finishedSteps: steps.length,
      repeatedSteps: again.length,
      heartbeatIntervalMs: lines.find((line) => line.type === 'begin')?.heartbeatIntervalMs ?? 1,
    };
  });
}

function stepsOf(lines: Attempt): readonly Step[] {
  return lines.filter((line) => line.type === 'step');
}

/**
 * Nothing was in the middle: a step was over, a session was loaded, which holds what was done before, or the engine had ended
 * its turn itself.
 */
function isProgress(line: AttemptLine): boolean {
  if (line.type === 'session') return line.resumed;
  return line.type === 'step' || (line.type === 'end' && causeOf([line]) === 'not_committed');
}

function causeOf(lines: Attempt): Interruption['cause'] {
  const end = lines.find((line) => line.type === 'end');
  if (end === undefined) return 'worker_gone';
  return FAILED.find((cause) => cause === end.outcome) ?? 'not_committed';
}

function isResumed(lines: Attempt): boolean {
  return lines.some((line) => line.type === 'session' && line.resumed);
}

/** Those that stand again among later ones; each later one counts for one. */
function madeAgain(steps: readonly Step[], later: readonly Step[]): readonly Step[] {
  const left = later.map(({ digest }) => digest);
  return steps.filter(({ digest }) => {
    const place = left.indexOf(digest);
    if (place >= 0) left.splice(place, 1);
    return place >= 0;
  });
}

/** From the step before it: what the model thought first belongs to it. */
function durationOf(step: Step, lines: Attempt): number {
  const earlier = lines.slice(0, lines.indexOf(step)).findLast((line) => isProgress(line) || line.type === 'begin');
  return step.at - (earlier?.at ?? step.at);
}
