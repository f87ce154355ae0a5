/** Step 11's activity on a real project: what shows the criteria, tried with and without the story's change. */
import { describe, expect, it } from 'vitest';
import { commitFiles, runGit } from '../../test/support/git-repository.js';
import { activityCall, testProject } from '../../test/support/story-tools.js';
import { designCases } from '../test-runs/design-cases.js';
import { runTests } from './run-tests.js';
import { selectTask } from './select-task.js';
import { openWorktree } from './story-worktree.js';

const TEST_HEAD = "import test from 'node:test';\nimport assert from 'node:assert';\n";

/** A story whose branch has a function `one` and these files; returns what the run says. */
async function runAt(files: Readonly<Record<string, string>>) {
  const { tools } = await testProject();
  const selected = await selectTask(tools)({ jira_key: 'DEMO-1', project: '' }, activityCall());
  const { story, branch, baseBranch, baseSha } = selected;
  const work = { story, branch, baseBranch, baseSha, headSha: baseSha };
  const worktree = await openWorktree(tools, work, new AbortController().signal);
  const headSha = commitFiles(
    worktree,
    {
      'package.json': '{"type": "module", "scripts": {"test": "node --test"}}',
      'one.js': 'export const one = () => 1;\n',
      ...files,
    },
    'the change',
  );
  const { cases } = designCases(story);
  const input = { ...work, headSha, round: 1, cases, withoutChange: true };
  const output = await runTests(tools)(input, activityCall());
  expect(runGit(worktree, 'status', '--porcelain')).toBe('');
  return output;
}

describe('run_tests', () => {
  it('finds the tests of the cases, and tells those that pass without the change', async () => {
    const { report, shown } = await runAt({
      'test/one.test.js': `${TEST_HEAD}import { one } from '../one.js';\ntest('TC-DEMO-1-001 gives one', () => assert.equal(one(), 1));\n`,
      'test/vacuous.test.js': `${TEST_HEAD}test('TC-DEMO-1-002 asserts nothing of it', () => assert.ok(true));\n`,
    });
    expect(report).toMatchObject({ passed: 2, failed: 0 });
    expect(shown?.results).toEqual([
      expect.objectContaining({ case: 'TC-DEMO-1-001', outcome: 'passed', withoutChange: 'fails' }),
      expect.objectContaining({ case: 'TC-DEMO-1-002', outcome: 'passed', withoutChange: 'passes' }),
    ]);
  });

  it('runs the commands and takes the pictures that the branch names, and believes what it sees of them', async () => {
    const { shown } = await runAt({
      'test/one.test.js': `${TEST_HEAD}test('TC-DEMO-1-001', () => assert.ok(true));\n`,
      'picture.mjs':
        "import { writeFileSync } from 'node:fs';\nwriteFileSync(process.argv[2], Buffer.from(process.argv[3], 'base64'));\n",
      'tests/evidence/DEMO-1.json': JSON.stringify({
        schemaVersion: 1,
        story: 'DEMO-1',
        demonstrations: [
          {
            kind: 'command',
            criterion: 'AC-1',
            argv: ['node', '-p', "import('./one.js').then(({one}) => console.log('one is', one())), 1"],
            output: 'one is 1',
          },
          { kind: 'command', criterion: 'AC-1', argv: ['node', '-e', 'process.exit(3)'], output: 'never' },
          {
            kind: 'screenshot',
            criterion: 'AC-1',
            argv: [
              'node',
              'picture.mjs',
              '{outputFolder}/page.png',
              'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
            ],
            file: 'page.png',
          },
          {
            kind: 'screenshot',
            criterion: 'AC-1',
            argv: ['node', 'picture.mjs', '{outputFolder}/page.png', 'AAAA'],
            file: 'page.png',
          },
        ],
      }),
    });
    expect(shown?.demonstrations.map(({ holds, seen, withoutChange }) => [holds, seen, withoutChange])).toEqual([
      [true, 'it printed "one is 1"', 'fails'],
      [false, 'it ended with 3, not with 0', 'fails'],
      [true, 'it wrote page.png', 'fails'],
      [false, 'page.png is no PNG or JPEG', 'fails'],
    ]);
    expect(shown?.demonstrations[2]?.artifacts.map(({ name }) => name)).toEqual([
      ...['evidence-AC-1-3-log', 'evidence-AC-1-3'],
    ]);
  });
});
