import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_FUSION_MODEL } from './default-model.js';
import { fuseReports } from './fuse.js';
import type { Report } from './report.js';

const fuse = (reports: readonly Report[]) => fuseReports(reports, DEFAULT_FUSION_MODEL);
const at = (by: string, line: number, text: string, over: Partial<Report> = {}): Report => ({
  by,
  line,
  text,
  file: 'src/a.ts',
  category: 'other',
  ...over,
});

const sentence = fc.constantFrom(
  '`readAll` never closes the file that it opens',
  'the file that readAll opens is not closed',
  'the loop runs one step too far and reads past the end of `items`',
  'consider a better name',
);
const report = fc.record({
  by: fc.constantFrom('a', 'b', 'c', 'tool'),
  text: sentence,
  file: fc.constantFrom('src/a.ts', 'src/b.ts'),
  line: fc.integer({ min: 0, max: 9 }),
  category: fc.constantFrom('resource-leak', 'off-by-one', 'naming'),
});
const reports = fc
  .array(report, { maxLength: 12 })
  .map((list) => list.map((each): Report => (each.by === 'tool' ? { ...each, isFact: true } : each)));

describe('fusion, whatever is reported,', () => {
  it('loses no report and counts none twice', () => {
    fc.assert(
      fc.property(reports, (list) => {
        const members = fuse(list).flatMap((fused) => fused.reports);
        expect(new Set(members).size).toBe(members.length);
        expect(new Set(members)).toEqual(new Set(list));
      }),
    );
  });

  it('gives the same findings in whichever order reviewers were done', () => {
    fc.assert(
      fc.property(reports, (list) => {
        const by = (name: string) => list.filter((each) => each.by === name);
        const [one, other] = [
          ['a', 'b', 'c', 'tool'],
          ['tool', 'c', 'b', 'a'],
        ].map((names) => names.flatMap(by));
        expect(fuse(other ?? [])).toEqual(fuse(one ?? []));
      }),
    );
  });

  it('never joins faults of different files, nor two lines that one reviewer names', () => {
    fc.assert(
      fc.property(reports, (list) => {
        for (const { lead, reports: all } of fuse(list))
          for (const each of all) {
            expect(each.file).toBe(lead.file);
            if (each.by === lead.by) expect(each.line).toBe(lead.line);
          }
      }),
    );
  });

  it('scores between 0 and 1, and puts facts first', () => {
    fc.assert(
      fc.property(reports, (list) => {
        const fused = fuse(list);
        for (const { score } of fused) expect(score >= 0 && score <= 1).toBe(true);
        const facts = fused.map(({ lead }) => lead.isFact === true);
        expect(facts).toEqual([...facts].sort((a, b) => Number(b) - Number(a)));
      }),
    );
  });
});

describe('fusion', () => {
  it('takes the same fault in other words, two lines on, for one more voice', () => {
    const fused = fuse([
      at('a', 10, '`readAll` opens the file and never closes its handle', { category: 'resource-leak' }),
      at('b', 12, 'the handle of the file is not closed', { category: 'resource-leak' }),
      at('c', 40, 'the condition is inverted: guests get in', { category: 'wrong-condition' }),
    ]);
    expect(fused.map(({ by }) => by.join('+')).sort()).toEqual(['a+b', 'c']);
  });

  it('puts what two see before what one sees, and matters of taste last', () => {
    const fused = fuse([
      at('a', 3, 'consider a better name for `x`', { category: 'naming' }),
      at('a', 20, '`items[count]` is undefined at the end and throws', { category: 'off-by-one' }),
      at('b', 20, '`items[count]` reads past the end', { category: 'off-by-one' }),
    ]);
    expect(fused.map(({ lead }) => lead.category)).toEqual(['off-by-one', 'naming']);
  });

  it('lets others agree only, when it is told who may open a finding', () => {
    const list = [at('a', 1, 'a leak of memory', { category: 'resource-leak' }), at('b', 30, 'an odd name')];
    expect(fuseReports(list, DEFAULT_FUSION_MODEL, { openers: new Set(['a']) }).map(({ lead }) => lead.by)).toEqual([
      'a',
    ]);
  });
});
