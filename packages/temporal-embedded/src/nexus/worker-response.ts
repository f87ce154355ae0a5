/** What a worker's answer to a Nexus task means for the operation. */
import type { temporal } from '../proto/root.js';
import { failureFromOperationError } from './nexus-failure.js';
import { linksFromNexus } from './nexus-link.js';
import { handlerError, handlerErrorFromWorker } from './operation-outcome.js';
import type { CancelOutcome, StartOutcome } from './operation-outcome.js';

type Response = temporal.api.nexus.v1.IResponse;

export function outcomeOfResponse(
  method: 'start' | 'cancel',
  response: Response | null | undefined,
): StartOutcome | CancelOutcome {
  return method === 'start' ? startOutcome(response?.startOperation) : { type: 'accepted' };
}

export function outcomeOfFailure(
  error: temporal.api.nexus.v1.IHandlerError | null | undefined,
): StartOutcome & CancelOutcome {
  return { type: 'refused', error: handlerErrorFromWorker(error) };
}

function startOutcome(response: temporal.api.nexus.v1.IStartOperationResponse | null | undefined): StartOutcome {
  const { syncSuccess, asyncSuccess, operationError } = response ?? {};
  if (syncSuccess) {
    return {
      type: 'completed',
      completion: { type: 'succeeded', result: syncSuccess.payload ?? null },
      links: linksFromNexus(syncSuccess.links),
    };
  }
  if (asyncSuccess) {
    // Older SDKs call the token an id.
    const token = asyncSuccess.operationToken || (asyncSuccess.operationId ?? '');
    return { type: 'started', token, links: linksFromNexus(asyncSuccess.links) };
  }
  if (operationError) {
    const state = operationError.operationState;
    if (state === 'failed' || state === 'canceled') {
      const failure = failureFromOperationError(state, operationError.failure ?? {});
      return { type: 'completed', completion: { type: state, failure }, links: [] };
    }
    return { type: 'lost', error: { message: `invalid operation state: ${JSON.stringify(state)}`, isRetryable: true } };
  }
  return { type: 'refused', error: handlerError('INTERNAL', { message: 'empty outcome' }) };
}
