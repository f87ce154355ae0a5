/** docs/security.md shows the protected paths as they are; `npx vitest run --update` writes them there. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { PROTECTED_LISTS } from '../../src/domain/protected-paths.js';

const PATH = fileURLToPath(new URL('../../../../docs/security.md', import.meta.url));

it('docs/security.md lists what is protected', async () => {
  const rows = Object.entries(PROTECTED_LISTS).map(
    ([what, patterns]) => `| ${what} | ${patterns.map((each) => `\`${each}\``).join(', ')} |`,
  );
  const table = ['<!-- protected -->', '', '| what decides over | patterns |', '|---|---|', ...rows, ''].join('\n');
  const page = readFileSync(PATH, 'utf8').replace(/<!-- protected -->\n[^]*?(?=\n[^|\n])/, table);
  await expect(page).toMatchFileSnapshot(PATH);
});
