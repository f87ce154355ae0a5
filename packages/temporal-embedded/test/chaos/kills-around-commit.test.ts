/**
 * The two instants that matter most: all is staged and nothing written yet; all is written and nobody told yet. The
 * service dies there, a different number of commits into its life each time, under the same load and the same ledger as
 * in the long test.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chosenSeed, SeededRandom, temporaryFolder } from '@vishkar/testkit';
import { expect, it } from 'vitest';
import { describeReport, runChaos } from './chaos-run.js';
import { ClientLoad } from './client-load.js';
import { KilledService } from './killed-service.js';

const SERVER = fileURLToPath(new URL('debug-point-server.mjs', import.meta.url));
const KILLS = 6;
const MAX_COMMITS = 150;

it.each(['before-commit', 'after-commit'])(
  'killed %s, nothing acknowledged is lost and nothing is doubled',
  async (point) => {
    const random = new SeededRandom(chosenSeed());
    console.log(`seed ${random.seed} (CHAOS_SEED repeats it)`);
    const filename = join(temporaryFolder('chaos'), 'chaos.db');
    const service = await KilledService.create((port, n) => {
      const target = n <= KILLS ? [point, String(random.between(1, MAX_COMMITS))] : [];
      return [SERVER, filename, String(port), ...target];
    });
    const report = await runChaos({
      service,
      load: new ClientLoad(random),
      kills: KILLS,
      killOnce: async (n) => {
        const child = n === 1 ? service.running() : await service.start();
        expect((await child.exited).signal).toBe('SIGKILL');
      },
    });
    console.log(describeReport(report));
    expect(report.violations).toEqual([]);
    expect(report.acknowledged.results).toBeGreaterThan(0);
  },
);
