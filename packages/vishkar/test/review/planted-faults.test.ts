/** Faults planted into real changes, and what the panels without a model find in them. */
import { describe, expect, it } from 'vitest';
import { isBlocking } from '../../src/domain/gate.js';
import { findingsOf, reviewsOf } from '../support/reviewed-change.js';

const brief = (findings: Awaited<ReturnType<typeof findingsOf>>) =>
  findings.map(
    ({ severity, category, file, line, angles }) =>
      `${angles.join('+')} ${severity} ${category} ${file}:${String(line)}`,
  );

/** A token of the right form that nobody was ever given; put together so that no scanner finds it here. */
const TOKEN = ['ghp_', 'wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx'].join('');

describe('a planted fault', () => {
  it.each([
    ['text run as code', 'export const run = (text: string) => new Function(text)();', 'code-injection'],
    ['eval', 'export const run = (text: string) => eval(text);', 'code-injection'],
    [
      'a shell command from values',
      "import { execSync } from 'node:child_process';\nexport const list = (path: string) => execSync(`ls ${path}`);",
      'command-injection',
    ],
    [
      'certificate checks switched off',
      "import https from 'node:https';\nhttps.request({ host: 'a', rejectUnauthorized: false });",
      'unverified-certificate',
    ],
  ])('%s blocks', async (_name, text, category) => {
    const findings = await findingsOf({}, { 'src/a.ts': `${text}\n` });
    expect(findings.filter(isBlocking).map((finding) => [finding.category, finding.angles])).toEqual([
      [category, ['security']],
    ]);
  });

  it.each(['src/client.ts', 'deploy/settings.env', 'tests/cases/T-1.json', 'app/main.py'])(
    'a secret in %s blocks, and neither finding nor transcript repeats it',
    async (path) => {
      const reviews = await reviewsOf({}, { [path]: `token = "${TOKEN}"\n` });
      const findings = reviews.flatMap((review) => review.findings);
      expect(brief(findings)).toContain(`security high secret-in-source ${path}:1`);
      expect(JSON.stringify(reviews)).not.toContain(TOKEN.slice(4, 20));
    },
  );

  it('a private key is critical', async () => {
    const edge = (word: string) => `-----${word} RSA PRIVATE KEY-----`;
    const key = [
      edge('BEGIN'),
      ...Array.from({ length: 8 }, () => 'MIIEpAIBAAKCAQEA7bq8xQ3kq0w1d2f5g6h7j8k9l0z1x2c3v4b5n6m7Q8W9E0R1'),
      edge('END'),
    ];
    expect(brief(await findingsOf({}, { 'key.pem': `${key.join('\n')}\n` }))).toEqual([
      'security critical secret-in-source key.pem:1',
    ]);
  });

  it('an import that closes a cycle is shown where it was added', async () => {
    const before = {
      'src/a.ts': "import { b } from './b.js';\nexport const a = () => b();\n",
      'src/b.ts': 'export const b = () => 1;\n',
    };
    const after = { 'src/b.ts': "import { a } from './a.js';\nexport const b = () => a();\n" };
    expect(brief(await findingsOf(before, after))).toEqual(['architecture medium import-cycle src/b.ts:1']);
  });

  it('a block copied from another file is shown', async () => {
    const block = Array.from({ length: 16 }, (_, n) => `  total += weigh(items[${String(n)}], ${String(n * 7)});`).join(
      '\n',
    );
    const before = { 'src/a.ts': `export function a(items) {\n  let total = 0;\n${block}\n  return total;\n}\n` };
    const after = { 'src/b.ts': `export function b(items) {\n  let total = 0;\n${block}\n  return total + 1;\n}\n` };
    expect(brief(await findingsOf(before, after))).toEqual(['quality medium duplicated-block src/b.ts:2']);
  });

  it.each([
    ['an empty catch', 'export function f() {\n  try {\n    g();\n  } catch {}\n}', 4],
    ['a promise whose failure is thrown away', 'export const f = () => g().catch(() => {});', 1],
  ])('%s is a swallowed error', async (_name, text, line) => {
    expect(brief(await findingsOf({}, { 'src/a.js': `${text}\n` }))).toEqual([
      `quality medium swallowed-error src/a.js:${String(line)}`,
    ]);
  });

  it('a switched-off checker and a dependency from anywhere are matters of the tech stack', async () => {
    const before = { 'package.json': '{\n  "name": "a"\n}\n' };
    const after = {
      'package.json': '{\n  "name": "a",\n  "dependencies": {\n    "left": "*"\n  }\n}\n',
      'src/a.ts': '// @ts-ignore\nexport const a: string = 1;\n',
    };
    expect(brief(await findingsOf(before, after)).sort()).toEqual([
      'techstack medium suppressed-check src/a.ts:1',
      'techstack medium unpinned-dependency package.json:4',
    ]);
  });
});

describe('what is no fault of the change', () => {
  it('stays out: a fault that was there before, in a file that changes elsewhere', async () => {
    const old = 'export const run = (text) => eval(text);\n';
    expect(await findingsOf({ 'src/a.js': old }, { 'src/a.js': `${old}\n\n\n\nexport const two = 2;\n` })).toEqual([]);
  });

  it('stays out: good code of several kinds', async () => {
    const clean = {
      'src/run.ts':
        "import { execFile } from 'node:child_process';\nexport const list = (path: string) => execFile('ls', ['-l', path]);\n",
      'src/view.tsx': 'export const View = ({ name }: { name: string }) => <p title="password">{name}</p>;\n',
      'src/db.ts': "export const find = (db: Db, id: string) => db.query('SELECT a FROM t WHERE id = $1', [id]);\n",
      'src/try.ts': 'export function f() {\n  try {\n    g();\n  } catch {\n    // It is gone already.\n  }\n}\n',
      'test/a.test.ts': "it('refuses eval(x)', () => expect(evaluate('eval(x)')).toThrow());\n",
      'package.json': '{\n  "name": "a",\n  "dependencies": { "left": "^1.2.0" }\n}\n',
      'docs/a.md': 'Never write `eval(text)`; `password = "example"`.\n',
      'app/main.py': 'def main() -> int:\n    return 0\n',
      '.reviews/findings/T-1.json': '{"issue": "eval(text) runs text as code"}\n',
    };
    expect(await findingsOf({}, clean)).toEqual([]);
  });

  it('is said: what could not be read is noted, and a tool without anything to look at names 0 files', async () => {
    const [, security] = await reviewsOf({}, { 'src/a.ts': 'export const = ;\n' });
    expect(security?.panelists[0]?.note).toMatch(/^0 files; src\/a\.ts was not read: Parsing error/);
    const [, other] = await reviewsOf({}, { 'a.md': 'text\n' });
    expect(other?.panelists[0]).toMatchObject({ status: 'ran', note: '0 files' });
  });
});

it('a finding keeps its id when lines move around it, and two equal lines are two findings', async () => {
  const fault = 'export const run = (text) => eval(text);\n';
  const [first] = await findingsOf({}, { 'src/a.js': fault });
  const [moved] = await findingsOf({}, { 'src/a.js': `// A line before.\n\n${fault}` });
  expect(moved?.id).toBe(first?.id);
  expect(moved?.line).toBe(3);
  const twice = await findingsOf({}, { 'src/a.js': 'run(eval(text));\nrun(eval(text));\n' });
  expect(new Set(twice.map(({ id }) => id)).size).toBe(2);
});
