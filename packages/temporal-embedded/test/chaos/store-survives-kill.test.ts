/**
 * What was acknowledged is in the file after SIGKILL, and a group is there as a whole or not at all. The child's groups
 * have sizes that follow from the row they begin at, so the only rows a file may end at are known beforehand.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { StartedChild } from '@vishkar/testkit';
import { startChild, temporaryFolder, waitUntil } from '@vishkar/testkit';
import { expect, it } from 'vitest';

const WRITER = fileURLToPath(new URL('store-writer.mjs', import.meta.url));
const ROUNDS = 20;

const acknowledged = (child: StartedChild): readonly number[] =>
  [...child.stdout.matchAll(/^acknowledged (\d+)$/gm)].map((match) => Number(match[1]));

/** The row that ends the group that begins behind this one. */
const endOfNextGroup = (row: number): number => row + 1 + (row % 10);

async function found(child: StartedChild): Promise<number> {
  return Number((await child.waitForOutput(/^found (\d+)$/m))[1]);
}

it(`loses nothing acknowledged in ${String(ROUNDS)} kills at any moment, and keeps no part of a group`, async () => {
  const filename = join(temporaryFolder('kill'), 'a.db');
  let last = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const child = startChild(process.execPath, [WRITER, filename, '0']);
    expect([last, endOfNextGroup(last)]).toContain(await found(child));
    // A different number of commits each round; the kill then falls wherever the child happens to be.
    await waitUntil(() => acknowledged(child).length > (round * 37) % 400, { what: 'more acknowledged rows' });
    child.kill();
    await child.exited;
    last = acknowledged(child).at(-1) ?? last;
  }
  expect(last).toBeGreaterThan(ROUNDS);
});

it.each([
  ['before-commit', 'does not hold the group', (row: number) => row],
  ['after-commit', 'holds the group that nobody was told of', endOfNextGroup],
] as const)('killed %s, the file %s', async (point, _what, expected) => {
  const filename = join(temporaryFolder('kill'), 'a.db');
  const victim = startChild(process.execPath, [WRITER, filename, '0', point, '8']);
  expect((await victim.exited).signal).toBe('SIGKILL');
  const last = acknowledged(victim).at(-1) ?? 0;
  expect(acknowledged(victim)).toHaveLength(7);
  const next = startChild(process.execPath, [WRITER, filename, '1']);
  expect(await found(next)).toBe(expected(last));
  await next.stop();
});
