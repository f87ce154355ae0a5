import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commitFiles, runGit, testRepository } from '../../test/support/git-repository.js';
import { CodebaseIndex } from './codebase-index.js';
import { packFiles, rankFiles } from './codebase-pack.js';
import { wordsIn } from './story-words.js';

const indexed = (texts: Readonly<Record<string, string>>) =>
  Object.entries(texts).map(([path, text]) => {
    const words = wordsIn(text);
    const counts = new Map(words.map((word) => [word, words.filter((each) => each === word).length]));
    return { path, words: counts, length: words.length };
  });

describe('the code that a story is about', () => {
  it('is ranked by the rare words that they share, in path and text', () => {
    const texts = {
      'src/index.ts': 'export const total = 1; // sums the totals of all things that have totals',
      'src/invoice-totals.ts': 'export function sum(lines) { return lines.length; }',
      'src/vat.ts': 'export const rate = 0.2; // of an invoice',
      'README.md': 'A program.',
    };
    expect(rankFiles(indexed(texts), 'Totals of invoices are wrong')).toEqual([
      'src/invoice-totals.ts',
      'src/index.ts',
      'src/vat.ts',
    ]);
    expect(rankFiles(indexed(texts), 'nothing that matches')).not.toContain('README.md');
  });

  it('is shown around the lines that matter where a file is long', () => {
    const lines = Array.from({ length: 2_000 }, (_, at) =>
      at === 1_500 ? 'const invoice = total;' : `const filler${String(at)} = 0;`,
    );
    const packed = packFiles(['a.ts'], new Map([['a.ts', lines.join('\n')]]), 'the total of an invoice', 1_000);
    expect(packed).toMatch(/^--- a\.ts\n\.\.\.\n/);
    expect(packed).toContain('1501: const invoice = total;');
    expect(packed).not.toContain('filler10 ');
  });

  it('never exceeds its budget', () => {
    const text = fc
      .array(fc.constantFrom('invoice total', 'other', 'x'.repeat(60)), { maxLength: 60 })
      .map((lines) => lines.join('\n'));
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), text), fc.nat(600), (texts, tokens) => {
        const packed = packFiles(Object.keys(texts), new Map(Object.entries(texts)), 'invoice total', tokens);
        expect(packed.length).toBeLessThanOrEqual(tokens * 4);
      }),
    );
  });

  it('is read once per blob: of a new commit only what changed, and nothing for the same commit', async () => {
    const { checkout } = testRepository({
      'src/invoice.ts': 'export const invoice = 1;\n',
      'src/other.ts': 'export const other = 2;\n',
    });
    const head = () => runGit(checkout, 'rev-parse', 'HEAD');
    const index = new CodebaseIndex();
    const pack = () => index.pack(checkout, head(), 'the invoice', 500);
    expect(await pack()).toBe('--- src/invoice.ts\nexport const invoice = 1;');
    const read = index.blobsRead;
    commitFiles(checkout, { 'src/invoice.ts': 'export const invoice = 3;\n' }, 'change');
    expect(await pack()).toBe('--- src/invoice.ts\nexport const invoice = 3;');
    expect(index.blobsRead).toBe(read + 1);
    await pack();
    expect(index.blobsRead).toBe(read + 1);
    expect(await index.pack(checkout, head(), 'the invoice', 0)).toBe('');
  });
});
