import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { freePort, itNeeds, startChild, temporalDevServer, waitUntil } from '@vishkar/testkit';
import { answersAt } from '../support/dev-server.js';
import { demoFolder, demoReport, outsideEffects, startDemo } from './demo-run.js';

describe('a story on a real Temporal server', () => {
  itNeeds(
    { temporal: temporalDevServer },
    'runs unchanged when TEMPORAL_ADDRESS is set, and nothing embedded starts',
    async ({ temporal }) => {
      const port = await freePort();
      const address = `127.0.0.1:${String(port)}`;
      const server = startChild(temporal, [
        'server',
        'start-dev',
        '--headless',
        '--ip',
        '127.0.0.1',
        '--port',
        String(port),
      ]);
      try {
        await waitUntil(() => answersAt(address), { what: 'the dev server answers', timeoutMs: 60_000 });
        const folder = demoFolder();
        const report = await demoReport(startDemo(folder, [], { TEMPORAL_ADDRESS: address }));
        expect(report.status).toBe('merged');
        expect(report.steps.every((step) => step.status === 'passed')).toBe(true);
        expect((await outsideEffects(report, folder)).mergesOnMain).toEqual([report.mergeCommit]);
        const homes = readdirSync(join(folder, '1', 'home'));
        expect(homes.some((home) => existsSync(join(folder, '1', 'home', home, 'temporal.db')))).toBe(false);
      } finally {
        await server.stop();
      }
    },
    300_000,
  );
});
