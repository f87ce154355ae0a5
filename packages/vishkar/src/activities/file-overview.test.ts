import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fileOverview } from './file-overview.js';

describe('the overview of files', () => {
  it('is the whole list where that fits', () => {
    expect(fileOverview(['a.ts', 'b.ts'], 'a story', 20)).toBe('a.ts\nb.ts');
  });

  it('keeps what the story speaks of, in the order of the list, and says how much is missing', () => {
    const paths = [
      ...Array.from({ length: 50 }, (_, at) => `src/area${String(at)}/index.ts`),
      'src/zones/invoice-totals.ts',
    ];
    const overview = fileOverview(paths, 'The total of invoices is wrong', 120);
    expect(overview).toContain('src/zones/invoice-totals.ts');
    expect(overview).toMatch(/\[\d+ more files are left out\]$/);
  });

  it('never exceeds its characters but for the last line', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.stringMatching(/^[a-z/]{1,12}$/)),
        fc.string(),
        fc.nat(80),
        (paths, story, characters) => {
          const lines = fileOverview(paths, story, characters).split('\n');
          const list = lines.filter((line) => !line.startsWith('['));
          expect(list.join('\n').length).toBeLessThanOrEqual(characters);
        },
      ),
    );
  });
});
