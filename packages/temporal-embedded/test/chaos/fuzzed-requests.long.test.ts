/** The same for longer: 100,000 requests by `npm run chaos`, 5,000 by `npm run chaos -- --short`. */
import { chosenSeed } from '@vishkar/testkit';
import { it } from 'vitest';
import { fuzzService } from './fuzzed-service.js';

const REQUESTS = process.env['VISHKAR_LONG_TESTS'] === 'short' ? 5_000 : 100_000;

it(
  `answers ${REQUESTS} fuzzed requests with the right codes, serves on and keeps its file sound`,
  async () => {
    await fuzzService(chosenSeed(), REQUESTS);
  },
  REQUESTS * 50 + 120_000,
);
