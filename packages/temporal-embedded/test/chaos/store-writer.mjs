/**
 * A process that writes rows and says of each when it is acknowledged, to be killed at any moment:
 *
 *   node store-writer.mjs FILE COUNT          writes `row-1` to `row-COUNT`, then waits to be killed; COUNT 0: goes on
 *   node store-writer.mjs FILE COUNT POINT N  kills itself when it passes that debug point for the N-th time
 *
 * `STORE_PRAGMAS` in the environment, a JSON object, goes over the store's own pragmas.
 *
 * It runs the built package, so it also shows that what ships finds its migrations. Each turn stages a group of one to
 * ten rows; `acknowledged N` is printed once the group that holds row N is committed. Exits with 1 when refused.
 */
import { writeSync } from 'node:fs';
import { openStore } from '../../dist/persistence/open-store.js';

const [filename, count = '0', killPoint, killAt] = process.argv.slice(2);
const last = Number(count) || Infinity;
// Writes synchronously: a line that was printed is in the pipe, also when the process dies right after.
const print = (line) => writeSync(1, `${line}\n`);

let passed = 0;
const onDebugPoint = (point) => {
  if (point === killPoint && ++passed === Number(killAt)) process.kill(process.pid, 'SIGKILL');
};

let store;
try {
  store = openStore({ filename, onDebugPoint, pragmas: JSON.parse(process.env.STORE_PRAGMAS ?? '{}') });
} catch (error) {
  writeSync(2, `${error.message}\n`);
  process.exit(1);
}
let row = 0;
while (store.findSetting(`row-${row + 1}`) !== undefined) row += 1;
print(`found ${row}`);
while (row < last) {
  const group = 1 + (row % 10);
  for (let index = 0; index < group && row < last; index++) {
    row += 1;
    store.stage({ type: 'putSetting', key: `row-${row}`, value: Buffer.alloc(200, row) });
  }
  await store.committed();
  print(`acknowledged ${row}`);
}
setInterval(() => undefined, 1 << 30);
