/** Identity over real commits: lines are followed by git's own diff, through edits, renames and a branch that was rewritten. */
import { expect, it } from 'vitest';
import { commitFiles, runGit, testRepository } from '../../../test/support/git-repository.js';
import { angleReview, finding } from '../../../test/support/scripted-activities.js';
import { EMPTY_LEDGER } from '../../domain/finding-ledger.js';
import type { FindingLedger } from '../../domain/finding-ledger.js';
import { PanelReviewer } from '../panel-reviewer.js';

const BODY = Array.from({ length: 30 }, (_, at) => `export const line${String(at)} = ${String(at)};`);
const FAULT = 'export const run = (text) => eval(text);';
const file = (...lines: readonly string[]) => `${lines.join('\n')}\n`;
const reviewer = new PanelReviewer(() => [], 0);

async function settle(worktree: string, ledger: FindingLedger, place: { file: string; line: number }, id: string) {
  const headSha = runGit(worktree, 'rev-parse', 'HEAD');
  const reviews = [angleReview('security', headSha, 1, [finding({ ...place, id: `F-${id.repeat(12)}` })])];
  return await reviewer.settle({ worktree, headSha, ledger, reviews });
}

it('follows a finding through an edit of its line, lines before it, a renamed file, and a rewritten branch', async () => {
  const { checkout } = testRepository({ 'src/a.js': file(...BODY, FAULT) });
  let ledger = await settle(checkout, EMPTY_LEDGER, { file: 'src/a.js', line: 31 }, 'a');

  commitFiles(
    checkout,
    { 'src/a.js': file('// new', ...BODY, FAULT.replace('eval(text)', 'eval(text.trim())')) },
    'edit',
  );
  ledger = await settle(checkout, ledger, { file: 'src/a.js', line: 32 }, 'b');

  runGit(checkout, 'mv', 'src/a.js', 'src/b.js');
  runGit(checkout, 'commit', '--quiet', '--message', 'rename');
  ledger = await settle(checkout, ledger, { file: 'src/b.js', line: 32 }, 'c');

  // What it was seen at last is gone; the text of its line is what is left.
  const rewritten = { ...ledger, findings: ledger.findings.map((entry) => ({ ...entry, headSha: 'f'.repeat(40) })) };
  commitFiles(
    checkout,
    { 'src/b.js': file('// newer', '// new', ...BODY, FAULT.replace('eval(text)', 'eval(text.trim())')) },
    'more',
  );
  ledger = await settle(checkout, rewritten, { file: 'src/b.js', line: 33 }, 'd');

  expect(ledger).toMatchObject({
    round: 4,
    findings: [
      {
        finding: { id: 'F-aaaaaaaaaaaa', file: 'src/b.js', line: 33 },
        state: 'open',
        aliases: ['F-bbbbbbbbbbbb', 'F-cccccccccccc', 'F-dddddddddddd'],
        ...{ firstRound: 1, lastRound: 4, reopened: 0 },
      },
    ],
  });
});

it('a finding is fixed when its file is gone, whoever could look', async () => {
  const { checkout } = testRepository({ 'src/a.js': file(FAULT) });
  const ledger = await settle(checkout, EMPTY_LEDGER, { file: 'src/a.js', line: 1 }, 'a');
  runGit(checkout, 'rm', '--quiet', 'src/a.js');
  runGit(checkout, 'commit', '--quiet', '--message', 'gone');
  const headSha = runGit(checkout, 'rev-parse', 'HEAD');
  expect(await reviewer.settle({ worktree: checkout, headSha, ledger, reviews: [] })).toMatchObject({
    findings: [{ state: 'fixed' }],
  });
});
