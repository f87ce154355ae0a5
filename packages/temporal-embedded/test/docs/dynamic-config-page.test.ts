import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { dynamicConfigPage } from './dynamic-config-page.js';

it('docs/dynamic-config.md is what the table says', async () => {
  await expect(dynamicConfigPage()).toMatchFileSnapshot(
    fileURLToPath(new URL('../../../../docs/dynamic-config.md', import.meta.url)),
  );
});
