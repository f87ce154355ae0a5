/**
 * Requests that no client would send, to every rpc. The same ones each time, so that a failure is of the change at hand;
 * CHAOS_SEED sends others, and the long form always does.
 */
import { it } from 'vitest';
import { fuzzService } from './fuzzed-service.js';

const REQUESTS = 1_500;

it(`answers ${REQUESTS} fuzzed requests with the right codes, serves on and keeps its file sound`, async () => {
  await fuzzService(Number(process.env['CHAOS_SEED'] ?? 1), REQUESTS);
});
