import { describe, expect, it } from 'vitest';
import { protectedPathRule } from './protected-paths.js';

const standard = protectedPathRule({ also: [], except: [] });

describe('protectedPathRule', () => {
  it.each([
    '.github/workflows/ci.yml',
    '.github/CODEOWNERS',
    'docs/CODEOWNERS',
    '.gitlab-ci.yml',
    'Jenkinsfile',
    'deploy/Jenkinsfile.release',
    '.circleci/config.yml',
    'azure-pipelines.yml',
    'azure-pipelines-release.yaml',
    'AGENTS.md',
    'packages/a/CLAUDE.md',
    'CLAUDE.local.md',
    '.claude/settings.json',
    '.gitattributes',
    'src/.gitattributes',
    '.gitmodules',
    '.husky/pre-commit',
    'lefthook.yml',
    '.vscode/tasks.json',
    '.npmrc',
    '.aider.conf.yml',
  ])('protects %s', (path) => {
    expect(standard(path)).toBe(true);
  });

  it.each([
    'src/index.ts',
    'README.md',
    'guides/github/workflows.md',
    'src/agents.ts',
    'test/ci.yml',
    '.gitignore',
    'package.json',
  ])('leaves %s to the engine', (path) => {
    expect(standard(path)).toBe(false);
  });

  it.each([
    ['in other letters', '.GitHub/Workflows/CI.yml'],
    ['in letters of another width', '.github/workﬂows/ci.yml'],
    ['with letters that are not seen', '.git\u200chub/workflows/ci.yml'],
    ['with a dot at the end of a folder', '.github./workflows/ci.yml'],
    ['with a blank at its end', 'AGENTS.md '],
    ['by something in the place of its folder', '.github'],
  ])('is not passed by %s', (_what, path) => {
    expect(standard(path)).toBe(true);
  });

  it('takes more and fewer from the configuration, which are compared alike', () => {
    const rule = protectedPathRule({
      also: ['Infra/**', 'Makefile'],
      except: ['.github/ISSUE_TEMPLATE/**', 'guides/AGENTS.md'],
    });
    expect(['infra/main.tf', 'sub/Makefile', '.github/workflows/a.yml', 'AGENTS.md'].map(rule)).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(['.github/issue_template/bug.md', 'guides/agents.md'].map(rule)).toEqual([false, false]);
  });

  it('takes no pattern for a negation, and no path for a pattern', () => {
    const rule = protectedPathRule({ also: ['a(b)/*.txt'], except: [] });
    expect(rule('[x].md')).toBe(false);
    expect(rule('{AGENTS}.md')).toBe(false);
  });
});
