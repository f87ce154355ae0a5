/** What failures of activities say: the sentence, the code and the details that our activities put into them. */
import { ActivityFailure, ApplicationFailure } from '@temporalio/workflow';
import { engineFailureDetailsSchema } from '../domain/engine-failure.js';
import type { EngineFailureDetails } from '../domain/engine-failure.js';

/** The sentence at the bottom of a chain of Temporal failures. */
export function rootMessage(error: unknown): string {
  let current: unknown = error;
  while (current instanceof ActivityFailure && current.cause !== undefined) current = current.cause;
  return current instanceof Error ? current.message : String(current);
}

/** Code of the VishkarError with which an activity failed. */
export function failureType(error: unknown): string | undefined {
  return applicationFailure(error)?.type ?? undefined;
}

/** What an engine's failure tells beside its sentence; empty for any other. */
export function failureDetails(error: unknown): EngineFailureDetails {
  const parsed = engineFailureDetailsSchema.safeParse(applicationFailure(error)?.details?.[0]);
  return parsed.success ? parsed.data : {};
}

function applicationFailure(error: unknown): ApplicationFailure | undefined {
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  return cause instanceof ApplicationFailure ? cause : undefined;
}
