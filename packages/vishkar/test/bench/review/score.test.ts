/** The scorer itself: what counts as found, and that nobody is taught by what is reported. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { halfOf } from './labelled-change.js';
import type { LabelledChange, LabelledReport } from './labelled-change.js';
import { readPlantedChanges } from './labelled-set.js';
import { changesOf, readOutsideSet } from './outside-set.js';
import { outsideRows } from './outside-table.js';
import { faultsFound, scoreOf } from './score.js';

const report = (by: string, text: string, ...finds: string[]): LabelledReport => ({ by, text, finds });

describe('a score', () => {
  it('gives a finding one fault, and a fault one finding', () => {
    const both = [report('a', 'both at once', 'f1', 'f2')];
    const first = [report('b', 'the first', 'f1')];
    expect(faultsFound([both])).toBe(1);
    expect(faultsFound([both, first])).toBe(2);
    expect(faultsFound([first, first, first])).toBe(1);
  });

  it('counts what names a fault a second time as false', () => {
    const change: LabelledChange = { id: 'c', faults: ['f1', 'f2'], reports: [] };
    const found = [
      [report('a', 'it', 'f1')],
      [report('b', 'it again', 'f1')],
      [report('b', 'nothing')],
      [report('b', 'no')],
    ];
    expect(scoreOf([{ change, found }])).toMatchObject({ findings: 4, found: 1, precision: 0.25, recall: 0.5 });
  });
});

describe('the set of this repository', () => {
  const planted = readPlantedChanges();

  it('has faults of 12 kinds and clean changes in three languages, in two halves', () => {
    expect(planted.length).toBeGreaterThanOrEqual(60);
    expect(new Set(planted.map(({ id }) => id)).size).toBe(planted.length);
    expect(new Set(planted.flatMap(({ fault }) => fault?.kind ?? [])).size).toBeGreaterThanOrEqual(12);
    for (const language of ['go', 'python', 'typescript']) {
      const own = planted.filter((each) => each.language === language);
      expect(own.filter(({ fault }) => fault === undefined).length).toBeGreaterThanOrEqual(5);
      expect(new Set(own.map(({ id }) => halfOf(id)))).toEqual(new Set(['tuning', 'report']));
    }
  });

  it('names lines that are there, and lets nobody report what is not wrong', () => {
    for (const { id, change, fault, says } of planted) {
      const lines = change.split('\n').length;
      for (const said of says) {
        expect(said.line, id).toBeLessThanOrEqual(lines);
        if (fault === undefined) expect(said.isOfFault, id).toBe(false);
      }
    }
  });
});

describe('an outside set', () => {
  /** Two tools see the fault of each pull request; a third one always says the same about nothing. */
  const pullRequests = Array.from({ length: 12 }, (_, at) => ({
    id: `pr-${String(at)}`,
    golden: [{ id: 'g', text: `function${String(at)} never closes its file`, severity: 'High' }],
    candidates: [
      { id: '1', tool: 'one', text: `function${String(at)} leaves the file open, it is never closed` },
      { id: '2', tool: 'two', text: `the file that function${String(at)} opens is not closed` },
      { id: '3', tool: 'three', text: 'consider adding a comment on naming and style' },
    ],
    judgements: ['1', '2'].map((candidate) => ({ candidate, golden: 'g' })),
  }));
  const inFile = <T>(set: unknown, use: (path: string) => T): T => {
    const folder = mkdtempSync(join(tmpdir(), 'vishkar-outside-'));
    try {
      writeFileSync(join(folder, 'set.json'), JSON.stringify(set));
      return use(join(folder, 'set.json'));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };

  it('is scored by tool, as a plain union and fused', () => {
    const changes = inFile({ name: 'made up', pullRequests }, (path) => changesOf(readOutsideSet(path)));
    const rows = new Map(
      outsideRows(changes, { panel: undefined, precision: 0.9 }).map(({ name, score }) => [name, score]),
    );
    expect(rows.get('one')).toMatchObject({ findings: 12, found: 12 });
    expect(rows.get('union of all 3')).toMatchObject({ findings: 36, found: 12 });
    expect(rows.get('fusion, all changes')).toMatchObject({ findings: 12, found: 12 });
  });

  it('does not show what a change is told to be wrong to those who report on it', () => {
    const set = { name: 'made up', pullRequests };
    const changes = inFile(set, (path) => changesOf(readOutsideSet(path)));
    const counts = (of: readonly LabelledChange[]) =>
      outsideRows(of, { panel: undefined, precision: 0.9 }).find(({ name }) =>
        name.startsWith('fusion of the report half'),
      )?.score.findings;
    const unlabelled = changes.map((change) =>
      halfOf(change.id) === 'report'
        ? { ...change, reports: change.reports.map((each) => ({ ...each, finds: [] })) }
        : change,
    );
    expect(counts(unlabelled)).toBe(counts(changes));
  });

  it('is refused when a judgement names what is not there', () => {
    const broken = pullRequests.map((each) => ({ ...each, judgements: [{ candidate: '9', golden: 'g' }] }));
    expect(() => inFile({ name: 'broken', pullRequests: broken }, (path) => changesOf(readOutsideSet(path)))).toThrow(
      /candidate 9 and golden comment g/,
    );
  });
});
