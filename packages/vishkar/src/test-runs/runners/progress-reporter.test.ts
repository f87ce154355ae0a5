import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@vishkar/testkit';
import { describe, expect, it } from 'vitest';
import { unfinishedTests } from './progress-reporter.js';

describe('unfinishedTests', () => {
  const unfinished = (...lines: string[]) => {
    const path = join(temporaryFolder(), 'progress.jsonl');
    writeFileSync(path, lines.join('\n'));
    return unfinishedTests(path);
  };
  const note = (kind: string, test: string) => JSON.stringify([kind, test]);

  it('names the tests that started and did not end, not their files', async () => {
    expect(
      await unfinished(
        note('start', 'a.js'),
        note('start', 'a.js > one'),
        note('end', 'a.js > one'),
        note('start', 'a.js > two'),
        '["end","a.js > tw',
      ),
    ).toEqual(['a.js > two']);
  });

  it('names the file when no test of it is known to run', async () => {
    expect(await unfinished(note('start', 'a.js'), note('start', 'b.js'), note('end', 'b.js'))).toEqual(['a.js']);
  });

  it('names nothing when the run was killed before its first test', async () => {
    expect(await unfinishedTests('/nowhere/progress.jsonl')).toEqual([]);
  });
});
