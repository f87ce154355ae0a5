import { rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { commitFiles, runGit, testRepository } from '../../test/support/git-repository.js';
import { repositoryRules } from './repository-rules.js';

it('the rules of a repository: the root first, then its folders, each text once, only files that are tracked', async () => {
  const { checkout } = testRepository({
    'AGENTS.md': 'use tabs\n',
    'CLAUDE.md': 'use tabs\n',
    '.editorconfig': 'root = true\n',
    '.github/CONTRIBUTING.md': 'small commits\n',
    'packages/web/AGENTS.md': 'no classes\n',
    'src/agents.md': 'about people\n',
  });
  expect((await repositoryRules(checkout)).map(({ file }) => file)).toEqual([
    '.editorconfig',
    '.github/CONTRIBUTING.md',
    'AGENTS.md',
    'packages/web/AGENTS.md',
  ]);
});

it('a rule file that is a link is not read: it may lead anywhere', async () => {
  const { checkout } = testRepository({ 'README.md': 'a\n' });
  symlinkSync('/etc/hostname', join(checkout, 'AGENTS.md'));
  runGit(checkout, 'add', 'AGENTS.md');
  commitFiles(checkout, { 'CLAUDE.md': 'b\n' }, 'rules');
  expect((await repositoryRules(checkout)).map(({ file }) => file)).toEqual(['CLAUDE.md']);
  rmSync(join(checkout, 'CLAUDE.md'));
  expect(await repositoryRules(checkout)).toEqual([]);
});
