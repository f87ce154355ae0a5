/**
 * Markers: what makes an external effect happen once. A marker names story, step and round and nothing else (no clock,
 * no random part), so that every retry derives the same one and finds what an earlier attempt left.
 */
import type { StepId } from './step.js';

export function effectMarker(storyKey: string, step: StepId, round: number, effect: string): string {
  return `vishkar:${storyKey}/${step}/${String(round)}/${effect}`;
}
