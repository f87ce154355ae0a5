/**
 * How all tests run, for every package in one go (`npm test`) or for one file (`npx vitest run path`).
 * Tests are real (servers, git, child processes), so their time limits are generous: a limit is there to end
 * a test that hangs, never to measure a slow machine.
 */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { BaseSequencer } from 'vitest/node';
import type { TestSpecification } from 'vitest/node';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const packages = ['testkit', 'temporal-embedded', 'vishkar'];

// Long tests (hundreds of kills) run by `npm run chaos`, which sets this, and then nothing else does.
const isLongRun = process.env['VISHKAR_LONG_TESTS'] !== undefined;

/** Whole stories take minutes: begun first, they do not run alone at the end while the other process has nothing to do. */
class WholeStoriesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isWhole = ({ moduleId }: TestSpecification) => moduleId.includes('/end-to-end/');
    return [...sorted.filter(isWhole), ...sorted.filter((file) => !isWhole(file))];
  }
}

export default defineConfig({
  test: {
    // Forks: workers of the Temporal SDK hold native threads, and a test that kills must not share a process.
    pool: 'forks',
    // Long tests one at a time: each of them takes both cores.
    maxWorkers: isLongRun ? 1 : 2,
    passWithNoTests: false,
    sequence: { sequencer: WholeStoriesFirst },
    coverage: { provider: 'v8', include: ['packages/*/src/**/*.ts'], reporter: ['text-summary', 'html', 'lcov'] },
    projects: packages.map((name) => ({
      // The testkit is taken from its source, so that a change to it needs no build; what ships is tested as built.
      resolve: { alias: { '@vishkar/testkit': here('packages/testkit/src/index.ts') } },
      test: {
        name,
        root: here(`packages/${name}`),
        include: isLongRun ? ['test/**/*.long.test.ts'] : ['src/**/*.test.ts', 'test/**/*.test.ts'],
        exclude: ['**/node_modules/**', '**/dist/**', ...(isLongRun ? [] : ['**/*.long.test.ts'])],
        testTimeout: 60_000,
        hookTimeout: 60_000,
        // A forgotten `.only` must not hide the rest.
        allowOnly: false,
      },
    })),
  },
});
