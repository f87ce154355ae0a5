/** The same for longer: 6,000 operations and 150 losses of power by `npm run chaos`, 1,500 with `--short`. */
import { chosenSeed, SeededRandom, temporaryFolder } from '@vishkar/testkit';
import { expect, it } from 'vitest';
import { ModelledService } from './model-run.js';

const OPERATIONS = process.env['VISHKAR_LONG_TESTS'] === 'short' ? 1_500 : 6_000;

it(
  `knows after each of ${Math.floor(OPERATIONS / 40)} losses of power exactly what it has acknowledged`,
  async () => {
    const random = new SeededRandom(chosenSeed());
    const report = await new ModelledService(temporaryFolder('model'), random).run(OPERATIONS, 40);
    console.log(`seed ${random.seed}: ${report.crashes} crashes, ${JSON.stringify(report.operations)}`);
    expect(report.violations).toEqual([]);
  },
  OPERATIONS * 200 + 60_000,
);
