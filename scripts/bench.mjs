/**
 * `npm run bench`: sets up, then measures the embedded service. Arguments go to the benchmark
 * (packages/temporal-embedded/test/bench/main.mjs), which works on the built package, as users have it.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root, say } from './run-command.mjs';
import { setUpOrExit } from './set-up.mjs';

await setUpOrExit();
const bench = join(root, 'packages/temporal-embedded/test/bench/main.mjs');
if (!existsSync(bench)) {
  say(`The benchmark is missing: ${bench}`);
  process.exit(1);
}
process.argv[1] = bench;
await import(pathToFileURL(bench).href);
