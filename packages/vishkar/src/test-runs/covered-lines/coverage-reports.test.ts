import { describe, expect, it } from 'vitest';
import { readCoberturaReport } from './cobertura-report.js';
import { readLcovReport } from './lcov-report.js';
import { totalPercent } from './line-coverage.js';
import type { LineCoverage } from './line-coverage.js';

const plain = (coverage: LineCoverage) =>
  Object.fromEntries([...coverage].map(([path, lines]) => [path, Object.fromEntries(lines)]));
const all = () => true;

describe('readLcovReport', () => {
  it('reads lines by file, relative to the worktree', () => {
    const text =
      'TN:\nSF:/w/src/a.js\nFN:1,a\nDA:1,2\nDA:2,0,hash\nLF:2\nend_of_record\r\nSF:src/b.js\nend_of_record\n';
    expect(plain(readLcovReport(text, ['/w']))).toEqual({ 'src/a.js': { 1: 2, 2: 0 }, 'src/b.js': {} });
  });

  it('joins a file that is reported twice', () => {
    const text = 'SF:./a.js\nDA:1,0\nDA:2,1\nend_of_record\nSF:a.js\nDA:1,3\nend_of_record\n';
    expect(plain(readLcovReport(text, ['/w']))).toEqual({ 'a.js': { 1: 3, 2: 1 } });
  });

  it('finds a worktree behind a symbolic link', () => {
    expect(plain(readLcovReport('SF:/real/w/a.js\nDA:1,1\nend_of_record', ['/link', '/real/w']))).toEqual({
      'a.js': { 1: 1 },
    });
  });

  it('measures nothing in an empty report', () => {
    expect(totalPercent(readLcovReport('', ['/w']), all)).toBeUndefined();
  });

  it.each(['SF:a.js\nDA:1,1\n', 'SF:a.js\nDA:1\nend_of_record\n', 'DA:1,1\n', '<html>', 'SF:a\nSF:b\nend_of_record'])(
    'refuses %j',
    (text) => {
      expect(() => readLcovReport(text, ['/w'])).toThrow(
        expect.objectContaining({ code: 'TEST_REPORT_UNREADABLE' }) as Error,
      );
    },
  );
});

describe('readCoberturaReport', () => {
  const report = (classes: string) =>
    `<?xml version="1.0"?><!DOCTYPE coverage SYSTEM "http://cobertura.sourceforge.net/xml/coverage-04.dtd">
     <coverage line-rate="0.5"><sources><source>/elsewhere</source><source>/w/lib</source></sources>
     <packages><package name="."><classes>${classes}</classes></package></packages></coverage>`;

  it('reads lines of classes, below the source that holds them', () => {
    const xml = report(
      '<class filename="a.py"><methods><method><lines><line number="9" hits="9"/></lines></method></methods>' +
        '<lines><line number="1" hits="1"/><line number="2" hits="0" branch="true"/></lines></class>',
    );
    const coverage = readCoberturaReport(xml, ['/w'], (path) => path === '/w/lib/a.py');
    expect(plain(coverage)).toEqual({ 'lib/a.py': { 1: 1, 2: 0 } });
    expect(totalPercent(coverage, all)).toBe(50);
  });

  it('refuses lines without numbers, and what is cut off', () => {
    expect(() =>
      readCoberturaReport(report('<class filename="a"><lines><line hits="1"/></lines></class>'), []),
    ).toThrow('no number');
    expect(() => readCoberturaReport('<coverage><packages>', [])).toThrow("can't be read");
  });
});
