/** Turns a story's successive statuses into lines for people: one when a step starts, one when it ends, one when it waits. */
import { stepOf } from '../domain/step.js';
import type { StepState } from '../domain/evidence.js';
import type { StoryStatusView } from '../workflows/story-messages.js';

const LABEL: Readonly<Record<StepState['status'], string>> = {
  pending: 'pending',
  running: 'started',
  waiting: 'waits',
  passed: 'passed',
  failed: 'failed',
};

/** Lines for what changed between two statuses of the same story. */
export function progressLines(before: StoryStatusView | undefined, now: StoryStatusView): readonly string[] {
  const lines: string[] = [];
  if (before === undefined && now.title !== '') lines.push(`${now.key} "${now.title}"`);
  now.steps.forEach((step, index) => {
    const earlier = before?.steps[index];
    const isSame = earlier?.status === step.status && earlier.rounds === step.rounds;
    if (step.status === 'pending' || isSame) return;
    lines.push(stepLine(step));
  });
  if (now.engine?.recordedFrom !== undefined && before?.engine?.recordedFrom === undefined)
    lines.push(`        the engine's work is a replay of a recorded session (${now.engine.recordedFrom})`);
  if (now.waiting !== null && now.waiting.since !== before?.waiting?.since)
    lines.push(
      `        waits for ${now.waiting.for}: ${now.waiting.question}`,
      `        since ${now.waiting.since}, until ${now.waiting.until}; released by: ${now.waiting.releasedBy}`,
    );
  for (const note of now.notes.slice(before?.notes.length ?? 0)) lines.push(`        note: ${note}`);
  return lines;
}

export function stepLine(step: StepState): string {
  const number = String(step.number).padStart(2);
  const round = step.rounds > 1 ? ` (round ${String(step.rounds)})` : '';
  const summary = step.status === 'passed' || step.status === 'failed' ? `: ${step.summary}` : '';
  return `[${number}/17] ${stepOf(step.id).title} ${LABEL[step.status]}${round}${summary}`;
}
