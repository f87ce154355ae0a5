/**
 * The life of workflows under random operations and power loss, held against a simple model. The same operations each
 * time, so that a failure is of the change at hand; CHAOS_SEED brings others, and the long form always does.
 */
import { SeededRandom, temporaryFolder } from '@vishkar/testkit';
import { expect, it } from 'vitest';
import { ModelledService } from './model-run.js';

it('knows after each power loss exactly what it has acknowledged', async () => {
  const random = new SeededRandom(Number(process.env['CHAOS_SEED'] ?? 1));
  const report = await new ModelledService(temporaryFolder('model'), random).run(400, 40);
  console.log(`seed ${random.seed}: ${report.crashes} crashes, ${JSON.stringify(report.operations)}`);
  expect(report.crashes).toBe(10);
  expect(report.violations).toEqual([]);
});
