import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ToolCallUpdate } from '@agentclientprotocol/sdk';
import { afterAll, describe, expect, it } from 'vitest';
import { answerPermission } from './permission-policy.js';
import type { PermissionRule } from './permission-rule.js';

const worktree = mkdtempSync(join(tmpdir(), 'vishkar-asked-'));
symlinkSync('/etc', join(worktree, 'link'));
afterAll(() => rmSync(worktree, { recursive: true }));

type Asked = Omit<ToolCallUpdate, 'toolCallId'>;

async function answer(asked: Asked, rules: readonly PermissionRule[] = []) {
  const options = [
    { optionId: 'yes', name: 'Yes', kind: 'allow_once' as const },
    { optionId: 'no', name: 'No', kind: 'reject_once' as const },
  ];
  const request = { sessionId: '1', options, toolCall: { toolCallId: '1', ...asked } };
  const { allowed, reason, response } = await answerPermission(request, { worktree, rules });
  expect(response).toEqual({ outcome: { outcome: 'selected', optionId: allowed ? 'yes' : 'no' } });
  expect(reason).not.toBe('');
  return allowed;
}

describe('what an agent asks', () => {
  it.each<[string, Asked]>([
    ['an edit outside the worktree', { kind: 'edit', locations: [{ path: '/etc/passwd' }] }],
    ['an edit through a link that leads out', { kind: 'edit', locations: [{ path: 'link/new/passwd' }] }],
    ['an edit whose diff is elsewhere', { kind: 'edit', content: [{ type: 'diff', path: '/etc/x', newText: '' }] }],
    ['an edit of nobody knows what', { kind: 'edit' }],
    ['a change of its git folder', { kind: 'delete', locations: [{ path: '.git' }] }],
    ['a file of somebody else', { kind: 'read', rawInput: { file_path: '/home/somebody/.ssh/id_rsa' } }],
    ['a command in another folder', { kind: 'execute', rawInput: { command: 'ls', cwd: '/etc' } }],
    ['a page of the network', { kind: 'fetch', rawInput: { url: 'https://example.com' } }],
    ['something else', { kind: 'other' }],
    ['an edit above it', { kind: 'delete', locations: [{ path: '../x' }] }],
    ['a push', { kind: 'execute', rawInput: { command: 'cd . && git push origin main' } }],
    ['a push as a list', { kind: 'execute', rawInput: { command: ['git', '-C', 'push', 'push'] } }],
    ['another user', { kind: 'execute', rawInput: { command: 'sudo rm -rf /' } }],
  ])('is refused for %s', async (_title, asked) => {
    expect(await answer(asked)).toBe(false);
  });

  it.each<[string, Asked]>([
    ['a file of the worktree', { kind: 'edit', locations: [{ path: 'src/new/a.ts' }] }],
    ['one by its whole path', { kind: 'delete', locations: [{ path: join(worktree, 'a') }] }],
    ['a command', { kind: 'execute', rawInput: { command: 'npm test', cwd: worktree } }],
    ['a search of no place', { kind: 'search' }],
    ['a file that is named like its git folder', { kind: 'edit', locations: [{ path: '.gitignore' }] }],
  ])('is allowed for %s', async (_title, asked) => {
    expect(await answer(asked)).toBe(true);
  });

  const rule = (decision: 'allow' | 'deny', more: Omit<PermissionRule, 'decision'> = {}) => ({ decision, ...more });
  it.each<[string, boolean, Asked, readonly PermissionRule[]]>([
    [
      'a folder outside',
      true,
      { kind: 'read', locations: [{ path: '/usr/include/a.h' }] },
      [rule('allow', { folder: '/usr' })],
    ],
    ['its kind', true, { kind: 'fetch' }, [rule('allow', { kinds: ['fetch'] })]],
    ['its kind only', false, { kind: 'other' }, [rule('allow', { kinds: ['fetch'] })]],
    [
      'a folder inside',
      false,
      { kind: 'edit', locations: [{ path: 'a' }, { path: 'ci/x' }] },
      [rule('deny', { folder: 'ci' })],
    ],
    [
      'all its folders, not one',
      false,
      { kind: 'edit', locations: [{ path: '/usr/a' }, { path: '/etc/a' }] },
      [rule('allow', { folder: '/usr' })],
    ],
    [
      'a folder, through a link',
      true,
      { kind: 'read', locations: [{ path: 'link/hosts' }] },
      [rule('allow', { folder: '/etc' })],
    ],
    [
      'the first rule that fits',
      false,
      { kind: 'execute' },
      [rule('allow', { kinds: ['read'] }), rule('deny'), rule('allow')],
    ],
    ['no rule, when nobody may', false, { kind: 'execute', rawInput: { command: 'git push' } }, [rule('allow')]],
  ])('is answered by a rule for %s: %s', async (_title, allowed, asked, rules) => {
    expect(await answer(asked, rules)).toBe(allowed);
  });
});
