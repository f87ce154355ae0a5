/** Each rule of ours finds its fault and leaves the right form alone, by the real ast-grep. */
import { describeNeeds, findProgram, need } from '@vishkar/testkit';
import { expect, it } from 'vitest';
import { openingOf } from '../../../test/support/reviewed-change.js';
import { AstGrepAnalyzer } from './ast-grep-analyzer.js';
import { AST_GREP_RULES } from './ast-grep-rules.js';

const astGrep = need('ast-grep on PATH (npm install -g @ast-grep/cli)', () => findProgram('ast-grep'));

/** By rule: a fault in its first line or at the marked one, and code that is none. Go comes in a function. */
const CASES: Readonly<Record<string, readonly [faulty: string, fine: string]>> = {
  'ts-async-for-each': ['list.forEach(async (x) => {\n  await f(x);\n});', 'list.forEach((x) => f(x));'],
  'ts-async-promise-executor': ['new Promise(async (done) => done(1));', 'new Promise((done) => done(1));'],
  'ts-loop-past-end': [
    'for (let i = 0; i <= list.length; i++) { f(list[i]); }',
    'for (let i = 1; i <= list.length; i++) { f(list[i - 1]); }\nfor (let i = 0; i < list.length; i++) { f(list[i]); }',
  ],
  'ts-copy-by-json': ['const b = JSON.parse(JSON.stringify(a));', 'const b = JSON.parse(text);'],
  'py-assert-tuple': ['assert (a, "b")', 'assert (a)\nassert a, (b, c)'],
  'py-file-left-open': ['f = open("x")', 'with open("x") as f:\n    pass'],
  'py-loop-past-end': ['for i in range(len(xs) + 1):\n    g(xs[i])', 'for i in range(len(xs)):\n    g(xs[i])'],
  'py-changes-what-it-walks': ['for x in xs:\n    xs.remove(x)', 'for x in list(xs):\n    xs.remove(x)'],
  'go-sql-by-sprintf': [
    'q := fmt.Sprintf("SELECT a FROM b WHERE c = \'%s\'", x)',
    'q := fmt.Sprintf("hello %s", x)\nr := "SELECT a FROM b " + "WHERE c = ?"',
  ],
  'go-shell': [
    'c := exec.Command("sh", "-c", "ls "+x)',
    'c := exec.Command("sh", "-c", "ls")\nd := exec.Command("ls", x)',
  ],
  'go-unverified-certificate': [
    'c := &tls.Config{InsecureSkipVerify: true}',
    'c := &tls.Config{InsecureSkipVerify: false}',
  ],
  'go-weak-hash': ['h := md5.Sum(text)', 'h := sha256.Sum256(text)'],
  'go-defer-in-loop': [
    'for _, f := range files { defer f.Close() }',
    'for _, f := range files { func() { defer f.Close() }() }\ndefer g.Close()',
  ],
  'go-body-left-open': ['resp, err := http.Get(url)', 'resp, err := http.Get(url)\ndefer resp.Body.Close()'],
  'go-loop-past-end': ['for i := 0; i <= len(xs); i++ { g(xs[i]) }', 'for i := 0; i < len(xs); i++ { g(xs[i]) }'],
  'go-add-in-goroutine': [
    'go func() { wg.Add(1); defer wg.Done(); work() }()',
    'wg.Add(1)\ngo func() { defer wg.Done(); work() }()',
  ],
};
const WRITTEN = {
  ts: ['ts', (code: string) => `// first\n${code}\n`],
  py: ['py', (code: string) => `# first\n${code}\n`],
  go: ['go', (code: string) => `package a; func f() {\n${code}\n}\n`],
} as const;

it('every rule has its case', () => {
  expect(Object.keys(CASES).sort()).toEqual(AST_GREP_RULES.map(({ id }) => id).sort());
});

describeNeeds({ astGrep }, 'ast-grep', () => {
  it('finds what each rule is about in its line, and nothing in code that is right', async () => {
    const files: Record<string, string> = {};
    for (const [id, codes] of Object.entries(CASES))
      for (const [kind, code] of [
        ['faulty', codes[0]],
        ['fine', codes[1]],
      ] as const) {
        const [extension, write] = WRITTEN[id.slice(0, 2) as keyof typeof WRITTEN];
        files[`${kind}/${id}.${extension}`] = write(code);
      }
    const found = [];
    for (const angle of ['security', 'quality'] as const) {
      const { status, claims } = await openingOf(new AstGrepAnalyzer(angle), {}, files);
      expect(status).toBe('ran');
      found.push(...claims.map(({ file, line, source }) => `${file}:${String(line)} ${source}`));
    }
    const expected = Object.keys(CASES).map((id) => `faulty/${id}.${id.slice(0, 2)}:2 ast-grep/${id}`);
    expect(found.sort()).toEqual(expected.sort());
  });

  it('is not asked to look away, and reports added lines only', async () => {
    const rest = 'f = open("x")\n';
    const { claims } = await openingOf(
      new AstGrepAnalyzer('quality'),
      { 'a.py': rest },
      { 'a.py': `${rest}# ast-grep-ignore\ng = open("y")\n` },
    );
    expect(claims.map(({ line }) => line)).toEqual([3]);
  });
});
