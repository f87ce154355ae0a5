import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createTemporaryFolder, temporaryFolder } from './temporary-folder.js';

describe('temporary folders', () => {
  let ofTheTestBefore = '';

  it('are empty, and each has its own path', () => {
    ofTheTestBefore = temporaryFolder('label');
    expect(readdirSync(ofTheTestBefore)).toEqual([]);
    expect(temporaryFolder('label')).not.toBe(ofTheTestBefore);
    writeFileSync(join(ofTheTestBefore, 'file'), 'left behind by the test');
  });

  it('are gone once their test is over', () => {
    expect(existsSync(ofTheTestBefore)).toBe(false);
  });

  it('live until they are removed when they have an owner', () => {
    const folder = createTemporaryFolder();
    writeFileSync(join(folder.path, 'file'), '');
    folder.remove();
    folder.remove();
    expect(existsSync(folder.path)).toBe(false);
  });
});
