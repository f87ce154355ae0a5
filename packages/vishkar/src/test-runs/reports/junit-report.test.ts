import { describe, expect, it } from 'vitest';
import { readJunitReport } from './junit-report.js';

const counts = (xml: string) => {
  const { passed, failed, skipped } = readJunitReport(xml);
  return [passed, failed, skipped];
};

describe('readJunitReport', () => {
  it('reads suites in suites, bare suites, and cases directly below the root', () => {
    expect(
      counts('<testsuites><testsuite><testsuite><testcase name="a"/></testsuite></testsuite></testsuites>'),
    ).toEqual([1, 0, 0]);
    expect(counts('<testsuite><testcase name="a"/><testcase name="b"><skipped/></testcase></testsuite>')).toEqual([
      1, 0, 1,
    ]);
    expect(counts('<testsuites><testcase name="a"/></testsuites>')).toEqual([1, 0, 0]);
  });

  it('tells which test failed, in which file, and why', () => {
    const xml = `<?xml version="1.0"?><testsuites><testsuite name="test/a.test.ts" failures="1">
      <testcase classname="test/a.test.ts" name="a &gt; adds &quot;x&quot;">
        <failure message="expected 1 to be 2&#10;more" type="AssertionError"><![CDATA[at test/a.test.ts:3 <here>]]></failure>
      </testcase></testsuite></testsuites>`;
    expect(readJunitReport(xml).failures).toEqual([
      {
        name: 'a > adds "x"',
        file: 'test/a.test.ts',
        message: 'expected 1 to be 2\nmore\nat test/a.test.ts:3 <here>',
      },
    ]);
  });

  it('counts errors and text-only failures as failures', () => {
    expect(counts('<testsuite><testcase name="a"><error/></testcase></testsuite>')).toEqual([0, 1, 0]);
    expect(counts('<testsuite><testcase name="a"><failure>text</failure></testcase></testsuite>')).toEqual([0, 1, 0]);
  });

  it('counts failures that a suite declares and no case shows', () => {
    expect(counts('<testsuite name="hooks" errors="1" failures="1"><testcase name="a"/></testsuite>')).toEqual([
      1, 2, 0,
    ]);
  });

  it('says that no test ran when there are only suites', () => {
    expect(counts('<testsuites></testsuites>')).toEqual([0, 0, 0]);
    expect(counts('<testsuite tests="0"/>')).toEqual([0, 0, 0]);
  });

  it('keeps the first fifty failures and counts all', () => {
    const xml = `<testsuite>${'<testcase name="a"><failure/></testcase>'.repeat(60)}</testsuite>`;
    const results = readJunitReport(xml);
    expect([results.failed, results.failures.length]).toEqual([60, 50]);
  });

  const bomb = `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">${[...'bcdefgh']
    .map((name, index) => `<!ENTITY ${name} "${`&${'abcdefgh'[index] ?? ''};`.repeat(10)}">`)
    .join('')}]><testsuite name="&h;"><testcase name="a"/></testsuite>`;

  it.each([
    ['empty', '', 'it is empty'],
    ['cut off', '<testsuites><testsuite><testcase name="a"/>', 'line 1'],
    ['cut off in an attribute', '<testsuites><testsuite name="a', 'line 1'],
    ['something else', '<html></html>', 'its root is not <testsuites> or <testsuite>'],
    ['no XML at all', 'Segmentation fault', 'line 1'],
    ['an entity bomb', bomb, 'it declares entities of its own'],
    ['nested without end', '<testsuite>'.repeat(5_000) + '</testsuite>'.repeat(5_000), 'nested'],
  ])('refuses a report that is %s', (_title, xml, problem) => {
    expect(() => readJunitReport(xml)).toThrow(expect.objectContaining({ code: 'TEST_REPORT_UNREADABLE' }) as Error);
    expect(() => readJunitReport(xml)).toThrow(problem);
  });

  it('reads ten thousand cases', () => {
    expect(counts(`<testsuite>${'<testcase name="a &amp; b" classname="c"/>'.repeat(10_000)}</testsuite>`)).toEqual([
      10_000, 0, 0,
    ]);
  });
});
