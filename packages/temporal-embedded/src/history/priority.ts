/** Priorities: what a child or an activity does not say of its own, it takes from the workflow that it belongs to. */
import { InvalidArgumentError } from '../errors.js';
import { temporalProto } from '../proto/root.js';
import type { temporal } from '../proto/root.js';

type PriorityMessage = temporal.api.common.v1.IPriority;

const { Priority } = temporalProto.api.common.v1;

const MAX_FAIRNESS_KEY_LENGTH = 64;

/** Throws InvalidArgumentError; none is fine. */
export function requirePriority(priority: PriorityMessage | null | undefined): void {
  if ((priority?.priorityKey ?? 0) < 0) throw new InvalidArgumentError("PriorityKey can't be negative");
  if (Buffer.byteLength(priority?.fairnessKey ?? '') > MAX_FAIRNESS_KEY_LENGTH) {
    throw new InvalidArgumentError('FairnessKey length exceeds limit');
  }
  if ((priority?.fairnessWeight ?? 0) < 0) throw new InvalidArgumentError("FairnessWeight can't be negative");
}

/** `base` is an encoded `Priority`, empty for none. */
export function mergedPriority(base: Uint8Array, own: PriorityMessage | null): PriorityMessage | null {
  if (base.length === 0) return own;
  const { priorityKey, fairnessKey, fairnessWeight } = Priority.decode(base);
  return {
    priorityKey: own?.priorityKey || priorityKey,
    fairnessKey: own?.fairnessKey || fairnessKey,
    fairnessWeight: own?.fairnessWeight || fairnessWeight,
  };
}
