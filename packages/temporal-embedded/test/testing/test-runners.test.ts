/** The lines of the README for users' own tests, run by the real runners in a project of a user. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { itNeeds, need, temporaryFolder } from '@vishkar/testkit';
import { expect, it } from 'vitest';

const require = createRequire(import.meta.url);
const PACKAGE = fileURLToPath(new URL('../..', import.meta.url));
const MODULES = fileURLToPath(new URL('../../../../node_modules', import.meta.url));

const jest = need('jest (npm install jest, and JEST_FOLDER)', () => {
  const folder = process.env['JEST_FOLDER'];
  return folder === undefined ? undefined : join(folder, 'jest/bin/jest.js');
});

/** A project with one test that starts a workflow and asks for it; `body` is the file of the test. */
function project(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder('project');
  mkdirSync(join(folder, 'node_modules/@vishkar'), { recursive: true });
  symlinkSync(PACKAGE, join(folder, 'node_modules/@vishkar/temporal-embedded'));
  symlinkSync(join(MODULES, '@temporalio'), join(folder, 'node_modules/@temporalio'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

const TYPE_MODULE = { 'package.json': '{"type":"module"}' };
const STARTS_A_WORKFLOW = `
  const { Client, Connection } = await import('@temporalio/client');
  const connection = await Connection.connect({ address: process.env.TEMPORAL_ADDRESS });
  const { workflow } = new Client({ connection });
  const handle = await workflow.start('any', { workflowId: 'one', taskQueue: 'none' });
  const { status } = await handle.describe();
  await connection.close();`;

function run(folder: string, ...args: readonly string[]): { readonly status: number | null; readonly output: string } {
  const { NODE_OPTIONS, VITEST, VITEST_MODE, VITEST_POOL_ID, VITEST_WORKER_ID, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, env, encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

it('serves a run of vitest by its globalSetup', () => {
  const folder = project({
    ...TYPE_MODULE,
    'vitest.config.js': `export default { test: { globalSetup: '@vishkar/temporal-embedded/global-setup' } };`,
    'a.test.js': `import { expect, test } from 'vitest';
      test('starts a workflow', async () => {${STARTS_A_WORKFLOW}
        expect(status.name).toBe('RUNNING');
      });`,
  });
  symlinkSync(join(MODULES, 'vitest'), join(folder, 'node_modules/vitest'));
  const bin = join(dirname(require.resolve('vitest/package.json')), 'vitest.mjs');
  const { status, output } = run(folder, bin, 'run', '--root', folder);
  expect(output).toContain('1 passed');
  expect(status).toBe(0);
});

it('serves a file of node:test', () => {
  const folder = project({
    ...TYPE_MODULE,
    'a.test.js': `import assert from 'node:assert';
      import { after, test } from 'node:test';
      import { startDevServer } from '@vishkar/temporal-embedded';

      const server = await startDevServer({ port: 0 });
      after(() => server.close());
      process.env.TEMPORAL_ADDRESS = server.address;

      test('starts a workflow', async () => {${STARTS_A_WORKFLOW}
        assert.equal(status.name, 'RUNNING');
      });`,
  });
  const { status, output } = run(folder, '--test');
  expect(output).toMatch(/pass 1\b/);
  expect(status).toBe(0);
});

itNeeds({ jest }, 'serves a run of jest by its globalSetup and globalTeardown', ({ jest: bin }) => {
  const folder = project({
    'package.json': JSON.stringify({
      jest: {
        globalSetup: '@vishkar/temporal-embedded/global-setup',
        globalTeardown: '@vishkar/temporal-embedded/global-teardown',
      },
    }),
    'a.test.cjs': `test('starts a workflow', async () => {${STARTS_A_WORKFLOW.replace(/await import\(/, 'require(')}
        expect(status.name).toBe('RUNNING');
      });`,
  });
  const { status, output } = run(folder, bin, '--testMatch', '**/a.test.cjs', '--watchman=false');
  expect(output).toContain('1 passed');
  expect(status).toBe(0);
});
