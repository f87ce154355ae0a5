/**
 * SIGKILL at random instants, under load from the official client and worker: what a client was told is there
 * afterwards, once. `npm run chaos` does 200 kills, `npm run chaos -- --short` 20; CHAOS_SEED repeats a run's choices
 * (the instants stay the machine's). The numbers are kept in docs/durability.md.
 */
import { join } from 'node:path';
import { setTimeout as elapse } from 'node:timers/promises';
import { chosenSeed, SeededRandom, temporaryFolder } from '@vishkar/testkit';
import { expect, it } from 'vitest';
import { BIN } from '../support/embedded-executable.js';
import { describeReport, runChaos } from './chaos-run.js';
import { ClientLoad } from './client-load.js';
import { KilledService } from './killed-service.js';

const KILLS = process.env['VISHKAR_LONG_TESTS'] === 'short' ? 20 : 200;
/** The service serves for up to this long before it is killed. */
const MAX_UPTIME_MS = 900;
/** One kill in ten comes while the service is starting, up to this long after the spawn. */
const MAX_BOOT_MS = 500;

it(
  `loses nothing acknowledged, and doubles nothing, in ${KILLS} kills at random instants`,
  async () => {
    const random = new SeededRandom(chosenSeed());
    console.log(`seed ${random.seed} (CHAOS_SEED repeats it)`);
    const filename = join(temporaryFolder('chaos'), 'chaos.db');
    const service = await KilledService.create((port) => [
      BIN,
      'server',
      'start-dev',
      '--headless',
      '--port',
      String(port),
      '--db-filename',
      filename,
    ]);
    const report = await runChaos({
      service,
      load: new ClientLoad(random),
      kills: KILLS,
      killOnce: async (n) => {
        if (n > 1 && random.next() < 0.1) {
          service.spawn();
          await elapse(random.next() * MAX_BOOT_MS);
        } else {
          // The first of all runs already.
          if (n > 1) await service.start();
          await elapse(random.next() * MAX_UPTIME_MS);
        }
        await service.kill();
      },
    });
    console.log(describeReport(report));
    expect(report.violations).toEqual([]);
    expect(report.acknowledged.results).toBeGreaterThan(0);
    // A run in which clients hardly ever got through would prove nothing.
    const acknowledged = Object.values(report.acknowledged).reduce((total, count) => total + count, 0);
    expect(acknowledged).toBeGreaterThan(KILLS);
  },
  KILLS * 10_000 + 120_000,
);
