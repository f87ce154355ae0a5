import { delimiter } from 'node:path';
import { describeNeeds, findProgram, need } from '@vishkar/testkit';
import { describe, expect, it } from 'vitest';
import { changeOf, reviewBy } from '../../../test/support/reviewed-change.js';
import type { Angle } from '../../domain/finding.js';
import { AnalyzerPanelist } from '../analyzer-panelist.js';
import type { Analyzer } from '../analyzer-panelist.js';
import { PanelReviewer } from '../panel-reviewer.js';
import { GitleaksAnalyzer } from './gitleaks-analyzer.js';
import { RuffAnalyzer } from './ruff-analyzer.js';
import { SecretAnalyzer } from './secret-analyzer.js';
import { reportedPath } from './tool-run.js';

const TOKEN = ['ghp_', 'wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx'].join('');

const seen = async (analyzer: Analyzer, files: Readonly<Record<string, string>>, angle: Angle = analyzer.angle) => {
  const reviewer = new PanelReviewer(() => [new AnalyzerPanelist(analyzer)], 1);
  return (await reviewBy(reviewer, await changeOf({}, files), angle)).review;
};

const ruff = need('ruff on PATH (pip install ruff)', () => findProgram('ruff'));
const gitleaks = need('gitleaks on PATH (go install github.com/zricethezav/gitleaks/v8@v8.28.0)', () =>
  findProgram('gitleaks'),
);

const nowhere = { PATH: ['/nowhere', '/nor-there'].join(delimiter) };
const python = 'import os\n\n\ndef f(text):\n    try:\n        return eval(text)  # noqa\n    except:\n        pass\n';

describe('a tool that is not installed', () => {
  it('is unavailable, not clean', async () => {
    const review = await seen(new GitleaksAnalyzer(nowhere), { 'a.txt': 'text\n' });
    expect(review.panelists).toEqual([
      {
        name: 'gitleaks',
        kind: 'analyzer',
        version: 'installed',
        status: 'unavailable',
        note: 'gitleaks is not installed here',
      },
    ]);
    expect((await seen(new RuffAnalyzer('quality', nowhere), { 'a.py': python })).panelists[0]?.status).toBe(
      'unavailable',
    );
  });

  it('is not missed where the change has nothing for it', async () => {
    const review = await seen(new RuffAnalyzer('quality', nowhere), { 'a.txt': 'text\n' });
    expect(review.panelists[0]).toMatchObject({ status: 'ran', note: '0 files' });
  });
});

describeNeeds({ ruff }, 'ruff', () => {
  it('finds faults of Python by angle, whatever comments and settings of the change say', async () => {
    const files = { 'app/a.py': python, 'ruff.toml': 'exclude = ["*"]\n' };
    const found = async (angle: Angle) =>
      (await seen(new RuffAnalyzer(angle), files)).findings.map(
        ({ severity, category, line }) => `${severity} ${category} ${String(line)}`,
      );
    expect(await found('security')).toEqual(['high code-injection 6']);
    expect(await found('quality')).toEqual(['medium swallowed-error 7', 'low unused-import 1']);
  });

  it('looks into folders that it would leave out by itself', async () => {
    const files = Object.fromEntries(['venv', '.eggs', 'build', 'vendor'].map((name) => [`${name}/a.py`, python]));
    const { panelists, findings } = await seen(new RuffAnalyzer('security'), files);
    expect(findings.map(({ file }) => file).sort()).toEqual(Object.keys(files).sort());
    expect(panelists[0]?.note).toBe('4 files');
  });

  it('says what it could not read', async () => {
    const review = await seen(new RuffAnalyzer('quality'), { 'a.py': 'def (:\n' });
    expect(review.panelists[0]?.note).toBe('0 files; a.py was not read: its syntax is broken');
  });
});

it('a finding stands in the file that the tool named, also where one path ends like another', () => {
  const paths = ['a.py', 'z/files/a.py'];
  expect(reportedPath(paths, '/tmp/review/files/z/files/a.py')).toBe('z/files/a.py');
  expect(reportedPath(paths, '/tmp/review/files/a.py')).toBe('a.py');
  expect(reportedPath(paths, 'z/files/a.py')).toBe('z/files/a.py');
  expect(reportedPath(paths, '/tmp/review/files/b.py')).toBeUndefined();
});

describeNeeds({ gitleaks }, 'gitleaks', () => {
  it('finds a secret, does not repeat it, and is not asked to look away', async () => {
    const files = {
      'a/b.ts': `const token = "${TOKEN}"; // gitleaks:allow\n`,
      '.gitleaks.toml': '[allowlist]\npaths = [".*"]\n',
    };
    const review = await seen(new GitleaksAnalyzer(), files);
    expect(review.findings.map(({ severity, file, line }) => [severity, file, line])).toEqual([['high', 'a/b.ts', 1]]);
    expect(JSON.stringify(review)).not.toContain(TOKEN);
  });
});

it('secretlint is not asked to look away either', async () => {
  const files = { 'a.ts': `// secretlint-disable\nconst token = "${TOKEN}"; // secretlint-disable-line\n` };
  expect((await seen(new SecretAnalyzer(), files)).findings.map(({ line }) => line)).toEqual([2]);
});
