import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { cliPage } from './cli-page.js';

it('docs/temporal-embedded-cli.md is what the table of flags says', async () => {
  const path = fileURLToPath(new URL('../../../../docs/temporal-embedded-cli.md', import.meta.url));
  await expect(cliPage()).toMatchFileSnapshot(path);
});
