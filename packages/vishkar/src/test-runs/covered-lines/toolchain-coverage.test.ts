import { describe, expect, it } from 'vitest';
import { readGoCoverProfile } from './go-cover-profile.js';
import { readJacocoReport } from './jacoco-report.js';
import { joinCoverage } from './line-coverage.js';
import type { LineCoverage } from './line-coverage.js';

const plain = (coverage: LineCoverage) =>
  Object.fromEntries([...coverage].map(([path, lines]) => [path, Object.fromEntries(lines)]));
const unreadable = expect.objectContaining({ code: 'TEST_REPORT_UNREADABLE' }) as Error;

describe('readGoCoverProfile', () => {
  const source = ['func Sign(x int) int {', '\tif x < 0 {', '\t\treturn -1', '\t}', '', '\t// else', '\treturn 1', '}'];
  const sources = { pathOf: (file: string) => file.replace('example.com/shop/', ''), linesOf: () => source };

  it('reads blocks as lines, without those that hold nothing but braces and comments', () => {
    const text =
      'mode: set\nexample.com/shop/sign.go:1.22,2.11 1 1\nexample.com/shop/sign.go:2.11,4.3 1 0\nexample.com/shop/sign.go:7.2,7.10 1 1\n';
    expect(plain(readGoCoverProfile(text, ['/w'], sources))).toEqual({ 'sign.go': { 1: 1, 2: 1, 3: 0, 7: 1 } });
  });

  it('takes a line as covered when one of several test binaries reached it', () => {
    const text = 'mode: count\nexample.com/shop/sign.go:7.2,7.10 1 0\nexample.com/shop/sign.go:7.2,7.10 1 3\n';
    expect(plain(readGoCoverProfile(text, ['/w'], sources))).toEqual({ 'sign.go': { 7: 3 } });
  });

  it.each(['', 'sign.go:1.1,2.2 1 1\n', 'mode: set\nsign.go:1.1,2.2 1\n'])('refuses %j', (text) => {
    expect(() => readGoCoverProfile(text, ['/w'], sources)).toThrow(unreadable);
  });
});

describe('readJacocoReport', () => {
  const packageOf = (name: string, line: string) =>
    `<package name="${name}"><class name="${name}/Cart" sourcefilename="Cart.java"/><sourcefile name="Cart.java">${line}` +
    '<counter type="LINE" missed="1" covered="1"/></sourcefile></package>';
  const report = (inside: string) =>
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><!DOCTYPE report PUBLIC "-//JACOCO//DTD Report 1.1//EN" ' +
    `"report.dtd"><report name="shop"><sessioninfo id="vm-1" start="1" dump="2"/>${inside}</report>`;
  const locate = (name: string) => (name.startsWith('shop/') ? `core/src/main/java/${name}` : undefined);

  it('reads lines of files by where they lie, in groups too, and leaves out what lies nowhere', () => {
    const inside =
      `<group name="core">${packageOf('shop', '<line nr="7" mi="0" ci="2" mb="0" cb="2"/><line nr="8" mi="2" ci="0"/>')}</group>` +
      packageOf('generated', '<line nr="1" mi="1" ci="0"/>');
    expect(plain(readJacocoReport(report(inside), ['/w'], locate))).toEqual({
      'core/src/main/java/shop/Cart.java': { 7: 2, 8: 0 },
    });
  });

  it('refuses a line without a number, and a report that is cut off', () => {
    expect(() => readJacocoReport(report(packageOf('shop', '<line ci="1"/>')), ['/w'], locate)).toThrow(unreadable);
    expect(() => readJacocoReport(report('').slice(0, -3), ['/w'], locate)).toThrow(unreadable);
  });
});

it('reports of several modules are one coverage', () => {
  const one = new Map([['a.java', new Map([[1, 0]])]]);
  const two = new Map([['a.java', new Map([[1, 2]])]]);
  expect(plain(joinCoverage([one, two]))).toEqual({ 'a.java': { 1: 2 } });
});
