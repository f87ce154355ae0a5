/** Analyzers that a machine or a project may have: each finds what a change brings in, and nothing that was there before. */
import { symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeNeeds, findProgram, need, temporaryFolder } from '@vishkar/testkit';
import { describe, expect, it } from 'vitest';
import { openingOf, zipOf } from '../../../test/support/reviewed-change.js';
import { BanditAnalyzer } from './bandit-analyzer.js';
import { BaselineCache } from './baseline-cache.js';
import { JscpdAnalyzer } from './jscpd-analyzer.js';
import { KnipAnalyzer } from './knip-analyzer.js';
import { OsvAnalyzer } from './osv-analyzer.js';
import { SarifAnalyzer } from './sarif-analyzer.js';
import { SemgrepAnalyzer } from './semgrep-analyzer.js';

const nowhere = { PATH: ['/nowhere', '/nor-there'].join(delimiter) };
const lines = (claims: readonly { severity: string; category: string; file: string; line: number }[]) =>
  claims.map(({ severity, category, file, line }) => `${severity} ${category} ${file}:${String(line)}`);

it.each([
  ['bandit', new BanditAnalyzer(nowhere), { 'a.py': 'x = 1\n' }],
  ['osv-scanner', new OsvAnalyzer(nowhere), { 'requirements.txt': 'left==1.0.0\n' }],
])('%s is unavailable, not clean, where it is not installed', async (name, analyzer, files) => {
  expect(await openingOf(analyzer, {}, files)).toMatchObject({
    status: 'unavailable',
    note: `${name} is not installed here`,
  });
});

it.each([
  ['knip', new KnipAnalyzer(new BaselineCache(), nowhere)],
  ['jscpd', new JscpdAnalyzer(nowhere)],
])('%s is the choice of a project: nothing is missed where it does not use it', async (name, analyzer) => {
  const opening = await openingOf(analyzer, { 'package.json': '{}\n' }, { 'a.ts': 'export const a = 1;\n'.repeat(9) });
  expect(opening).toEqual({ status: 'ran', claims: [], note: '0 files; the project does not use it' });
  const wanted = { 'package.json': JSON.stringify({ devDependencies: { [name]: '1.0.0' } }) };
  expect(await openingOf(analyzer, wanted, { 'a.ts': 'export const a = 1;\n'.repeat(9) })).toMatchObject({
    status: 'unavailable',
  });
});

const bandit = need('bandit on PATH (pip install bandit)', () => findProgram('bandit'));
describeNeeds({ bandit }, 'bandit', () => {
  it('finds faults of Python in added lines, whatever comments say, in sentences of ours', async () => {
    const before = 'import subprocess\n\n\ndef f(x):\n    subprocess.call(x, shell=True)\n';
    const after = `${before}\n\ndef g(x):\n    password = "hunter2hunter2"\n    return eval(x)  # nosec\n`;
    const opening = await openingOf(
      new BanditAnalyzer(),
      { 'a.py': before },
      { 'a.py': after, 'venv/b.py': 'def (\n' },
    );
    expect(lines(opening.claims).sort()).toEqual(['high code-injection a.py:10', 'medium secret-in-source a.py:9']);
    expect(opening.note).toBe('1 file; venv/b.py was not read: its syntax is broken');
    expect(JSON.stringify(opening)).not.toContain('hunter2');
  });
});

const semgrep = need('semgrep on PATH (pip install semgrep)', () => findProgram('semgrep'));
const rulesOf = (pattern: string) =>
  JSON.stringify({ rules: [{ id: 'house.no-eval', languages: ['js'], severity: 'ERROR', message: 'no $X', pattern }] });
describe('semgrep', () => {
  it('has nothing to say where the project has no rules at the base, also when the change brings some', async () => {
    const files = { '.semgrep.yml': rulesOf('eval($X)'), 'a.js': 'eval(a);\n' };
    expect(await openingOf(new SemgrepAnalyzer(nowhere), {}, files)).toMatchObject({
      status: 'ran',
      claims: [],
      note: '0 files; the project has no rules for it',
    });
  });
});
describeNeeds({ semgrep }, 'semgrep', () => {
  it('goes by the rules of the base, and hears no comment of the change', async () => {
    const opening = await openingOf(
      new SemgrepAnalyzer(),
      { '.semgrep.yml': rulesOf('eval($X)'), 'a.js': 'eval(old);\n' },
      { '.semgrep.yml': rulesOf('never($X)'), 'a.js': 'eval(old);\neval(a); // nosemgrep\n' },
    );
    expect(lines(opening.claims)).toEqual(['high no-eval a.js:2']);
  }, 60_000);
});

const osv = need('osv-scanner on PATH (go install github.com/google/osv-scanner/v2/cmd/osv-scanner@v2.2.2)', () =>
  findProgram('osv-scanner'),
);
describeNeeds({ osv }, 'osv-scanner', () => {
  const hole = (name: string) => ({
    ...{
      id: `TEST-${name}`,
      modified: '2026-01-01T00:00:00Z',
      published: '2026-01-01T00:00:00Z',
      schema_version: '1.6.0',
    },
    summary: `${name} leaks`,
    affected: [{ package: { ecosystem: 'PyPI', name }, versions: ['1.0.0'] }],
    severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }],
  });
  const local = () => {
    const database = temporaryFolder('osv');
    zipOf(join(database, 'osv-scanner', 'PyPI', 'all.zip'), {
      'left.json': JSON.stringify(hole('left')),
      'old.json': JSON.stringify(hole('old')),
    });
    return { ...process.env, OSV_SCANNER_LOCAL_DB_CACHE_DIRECTORY: database };
  };

  it('names holes of the versions that the change brings in, and none that were there before', async () => {
    const opening = await openingOf(
      new OsvAnalyzer(local()),
      { 'requirements.txt': 'old==1.0.0\n' },
      { 'requirements.txt': 'fine==1.0.0\nleft==1.0.0\nold==1.0.0\n' },
    );
    expect(opening).toMatchObject({ status: 'ran', note: '1 file' });
    expect(lines(opening.claims)).toEqual(['critical known-vulnerability requirements.txt:2']);
  });

  it('is unavailable, not clean, when its database is not there', async () => {
    const environment = { ...process.env, OSV_SCANNER_LOCAL_DB_CACHE_DIRECTORY: temporaryFolder('empty') };
    const opening = await openingOf(new OsvAnalyzer(environment), {}, { 'requirements.txt': 'left==1.0.0\n' });
    expect(opening).toMatchObject({ status: 'unavailable', claims: [] });
  });
});

describe('knip', () => {
  /** The one that this repository is checked with. */
  const knip = fileURLToPath(new URL('../../../../../node_modules/.bin/knip', import.meta.url));
  const withKnip = () => {
    const bin = temporaryFolder('knip');
    symlinkSync(knip, join(bin, 'knip'));
    return { ...process.env, PATH: [bin, process.env['PATH'] ?? ''].join(delimiter) };
  };
  const manifest = (dependencies: object) =>
    JSON.stringify(
      { name: 'k', version: '1.0.0', type: 'module', main: 'src/index.js', knip: {}, dependencies },
      null,
      1,
    );
  const before = {
    'package.json': manifest({ old: '1.0.0' }),
    'src/index.js': 'import { a } from "./a.js";\na();\n',
    'src/a.js': 'export const a = () => 1;\nexport const oldUnused = 2;\n',
  };

  it('tells what the change leaves unused, looks at a base once, and keeps that over a restart', async () => {
    const folder = join(temporaryFolder('baselines'), 'kept');
    const after = {
      'package.json': manifest({ left: '1.0.0', old: '1.0.0' }),
      'src/a.js': `// moved\n${before['src/a.js']}export const newUnused = 3;\n`,
      'src/orphan.js': 'export const z = 1;\n',
    };
    const opening = await openingOf(new KnipAnalyzer(new BaselineCache(folder), withKnip()), before, after);
    expect(lines(opening.claims).sort()).toEqual([
      'low unused-export src/a.js:4',
      'low unused-file src/orphan.js:0',
      'medium unused-dependency package.json:8',
    ]);
    let looks = 0;
    const find = () => Promise.resolve([`look ${String((looks += 1))}`]);
    for (const cache of [new BaselineCache(folder), new BaselineCache(folder)])
      for (let time = 0; time < 2; time += 1) expect([...(await cache.of('tool', 'commit', find))]).toEqual(['look 1']);
    expect([...(await new BaselineCache(folder).of('tool', 'other', find))]).toEqual(['look 2']);
  });
});

const jscpd = need('jscpd on PATH (npm install -g jscpd@5.3.2)', () => findProgram('jscpd'));
describeNeeds({ jscpd }, 'jscpd', () => {
  const block = (indent: string) =>
    Array.from(
      { length: 12 },
      (_, at) => `${indent}const x${String(at)} = f(${String(at)}) + g(${String(at)}, 'text');`,
    ).join('\n');

  it('finds a block that the change copies, in another layout', async () => {
    const opening = await openingOf(
      new JscpdAnalyzer(),
      { 'package.json': '{"jscpd": {}}\n', 'src/a.ts': `export function a() {\n${block('  ')}\n}\n` },
      { 'src/b.ts': `export function b() {\n${block('        ')}\n}\n` },
    );
    expect(lines(opening.claims)).toEqual([expect.stringMatching(/^medium duplicated-block src\/b\.ts:[12]$/)]);
  });
});

describe('any tool that reports in SARIF', () => {
  const log = (results: readonly object[]) =>
    JSON.stringify({
      version: '2.1.0',
      runs: [
        {
          tool: {
            driver: { name: 'odd', rules: [{ id: 'odd/deepNest', properties: { 'security-severity': '9.8' } }] },
          },
          results,
        },
      ],
    });
  const at = (uri: string, startLine: number) => ({
    ruleId: 'odd/deepNest',
    message: { text: 'too deep' },
    locations: [{ physicalLocation: { artifactLocation: { uri }, region: { startLine } } }],
  });
  /** The tool: a program that prints, or writes, what it is given. */
  const tool = (report: string, over: object = {}) =>
    new SarifAnalyzer({
      ...{ name: 'odd', angle: 'quality', acceptedExitCodes: [0], atMost: 'high' },
      command: [process.execPath, '-e', `process.stdout.write(${JSON.stringify(report)})`],
      ...over,
    });
  const change = [{ 'a.txt': 'one\n' }, { 'a.txt': 'one\ntwo\n' }] as const;

  it('counts by what it says of added lines, no graver than it may', async () => {
    const report = log([at('a.txt', 1), at('./a.txt', 2), at('elsewhere.txt', 1)]);
    const opening = await openingOf(tool(report), ...change);
    expect(opening.claims).toEqual([
      expect.objectContaining({
        severity: 'high',
        category: 'deep-nest',
        issue: 'too deep',
        line: 2,
        source: 'odd/odd/deepNest',
      }),
    ]);
    const command = [
      process.execPath,
      '-e',
      `require('fs').writeFileSync(process.argv[1], ${JSON.stringify(report)})`,
      '{report}',
    ];
    const written = await openingOf(tool(report, { command, atMost: 'low' }), ...change);
    expect(written.claims.map(({ severity }) => severity)).toEqual(['low']);
  });

  it.each([
    ['prints no SARIF', 'all is well', {}],
    [
      'says that it failed',
      JSON.stringify({
        version: '2.1.0',
        runs: [{ tool: { driver: { name: 'odd' } }, results: [], invocations: [{ executionSuccessful: false }] }],
      }),
      {},
    ],
    ['leaves no results', JSON.stringify({ version: '2.1.0', runs: [{ tool: { driver: { name: 'odd' } } }] }), {}],
    ['ends with another code', log([]), { acceptedExitCodes: [3] }],
  ])('has failed, which is not clean, when it %s', async (_title, report, over) => {
    expect(await openingOf(tool(report, over), ...change)).toMatchObject({ status: 'failed', claims: [] });
  });
});
