/** docs/engines.md names the test that guards each measured fact; a test that is gone or has another name is found here. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const read = (path: string) => readFileSync(fileURLToPath(new URL(`../../../../${path}`, import.meta.url)), 'utf8');

it('docs/engines.md names tests that there are', () => {
  const [, section = ''] = read('docs/engines.md').split('\n## What was measured\n');
  const [table = ''] = section.split('\n## ');
  const rows = table.split('\n').filter((line) => /^\| (?!fact|---)/.test(line) && !line.startsWith('|---'));
  expect(rows.length).toBeGreaterThan(10);
  for (const row of rows) {
    const named = [...row.matchAll(/`([\w/.-]+\.ts)`((?:,? "[^"]+")+)/g)];
    expect(named, row).not.toEqual([]);
    for (const [, file = '', titles = ''] of named) {
      const source = read(`packages/vishkar/${file}`);
      for (const [, title = ''] of titles.matchAll(/"([^"]+)"/g)) expect(source).toContain(`'${title}'`);
    }
  }
});
