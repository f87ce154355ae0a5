/**
 * `npm start`: sets up, then runs the demo: one story through all 17 steps. Its options are listed by
 * `npm start -- --help`. The set-up speaks on stderr, so that stdout holds only what the demo prints.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root, say } from './run-command.mjs';
import { setUpOrExit } from './set-up.mjs';

await setUpOrExit();
const demo = join(root, 'packages/vishkar/dist/demo/main.js');
if (!existsSync(demo)) {
  say(`The demo is missing: ${demo}`);
  process.exit(1);
}
// In this process, not in a child: signals, the terminal and the exit code are the demo's own.
process.argv[1] = demo;
await import(pathToFileURL(demo).href);
