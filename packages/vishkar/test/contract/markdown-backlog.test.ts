/** The Markdown backlog under the issue tracker contract, and what only a folder of files has to hold. */
import { readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@vishkar/testkit';
import { describe, expect, it } from 'vitest';
import { MarkdownBacklog } from '../../src/issue-tracker/markdown-backlog/markdown-backlog.js';
import { writeFiles } from '../support/git-repository.js';
import { describeIssueTracker } from './issue-tracker-contract.js';

function makeBacklog(files: Readonly<Record<string, string>> = {}) {
  const repository = join(temporaryFolder('backlog'), 'my shop');
  const folder = join(repository, '.vishkar', 'backlog');
  writeFiles(folder, files);
  return { repository, folder, connect: () => new MarkdownBacklog({ repository }) };
}

describeIssueTracker('MarkdownBacklog', async () => {
  const { folder, repository } = makeBacklog();
  const connect = () => new MarkdownBacklog({ repository, settleMs: 0 });
  const path = (key: string) => join(folder, `${key}.md`);
  const edit = (key: string, change: (text: string) => string) =>
    writeFileSync(path(key), change(readFileSync(path(key), 'utf8')));
  const entries = (key: string, kind: string) =>
    readFileSync(path(key), 'utf8')
      .split('<!-- vishkar:')
      .filter((part) => part.startsWith(`entry id="${kind}-`));
  return await Promise.resolve({
    connect,
    moveByHand: async (key, to) => edit(key, (text) => text.replace(/^status: .*$/m, `status: ${to}`)),
    editByHand: async (key, description) =>
      edit(key, (text) => text.replace(/\n---\n[^]*?(?=<!-- vishkar:|$)/, `\n---\n${description}\n\n`)),
    assignByHand: async (key, name) => edit(key, (text) => text.replace(/^(status: .*)$/m, `$1\nassignee: ${name}`)),
    blockByHand: async (key, blocker) =>
      edit(key, (text) => text.replace(/^(status: .*)$/m, `$1\nblockedBy: [${blocker}]`)),
    fileByHand: async (title) => {
      const key = `SHOP-${title.replace(/\D/g, '')}`;
      await Promise.resolve(
        writeFiles(folder, { [`${key}.md`]: `---\nkey: ${key}\ntitle: ${title}\nstatus: todo\n---\n` }),
      );
    },
    link: undefined,
    deleteByHand: async (key) => rmSync(path(key)),
    // Below whatever stands in the section.
    commentByHand: async (key, _author, body) => edit(key, (text) => `${text}\n${body}\n`),
    commentByProgram: undefined,
    comments: async (key) => entries(key, 'comment'),
    worklogs: async (key) => entries(key, 'worklog').length,
  });
});

const GOOD = '---\nkey: SHOP-3\ntitle: Good one\n---\ntext\n';

describe('MarkdownBacklog', () => {
  it('passes over a folder and a dangling link that are named like stories', async () => {
    const { connect, folder } = makeBacklog({ 'SHOP-3.md': GOOD, 'SHOP-6.md/inside.md': GOOD });
    symlinkSync('/nowhere', join(folder, 'SHOP-7.md'));
    expect((await connect().list()).map((story) => story.key)).toEqual(['SHOP-3']);
    expect(await connect().problems()).toEqual([]);
  });

  it('keeps good stories usable beside bad ones, and reports the bad ones with file and line', async () => {
    const { connect } = makeBacklog({
      'SHOP-3.md': GOOD,
      'SHOP-4.md': '---\nkey: SHOP-4\ntitle: x\nstatus: perhaps\n---\n',
      'copy of SHOP-3.md': GOOD,
      'README.md': '# How this backlog works\n',
      'SHOP-5.md.swp': 'x',
    });
    expect((await connect().list()).map((story) => story.key)).toEqual(['SHOP-3']);
    expect((await connect().problems()).map((problem) => problem.code)).toEqual([
      'BACKLOG_KEY_DUPLICATE',
      'BACKLOG_FILE_INVALID',
    ]);
    await expect(connect().get('SHOP-4')).rejects.toMatchObject({
      code: 'BACKLOG_FILE_INVALID',
      message: expect.stringMatching(/SHOP-4\.md:4: "perhaps" is not a status/),
    });
    await connect().comment('SHOP-3', 'still works', 'm');
  });

  it('numbers new stories after the highest key of the prefix in use, readable or not', async () => {
    const { connect, folder } = makeBacklog({ 'a.md': GOOD, 'SHOP-12-broken.md': 'no front matter' });
    const story = { title: 'New', description: 'x', acceptanceCriteria: [], priority: 'medium' } as const;
    expect((await connect().create(story, 'm')).key).toBe('SHOP-13');
    expect(readdirSync(folder)).toContain('SHOP-13.md');
  });

  it('makes the first key from the name of the repository', async () => {
    const story = { title: 'New', description: 'x', acceptanceCriteria: [], priority: 'medium' } as const;
    expect((await makeBacklog().connect().create(story, 'm')).key).toBe('MY_SHOP-1');
  });

  it('gives every story its own key when several processes file at the same time', async () => {
    const { connect } = makeBacklog();
    const story = { title: 'New', description: 'x', acceptanceCriteria: [], priority: 'medium' } as const;
    const filed = await Promise.all(['a', 'b', 'c', 'd'].map((marker) => connect().create(story, marker)));
    expect(new Set(filed.map((each) => each.key)).size).toBe(4);
  });

  it('leaves everything but what it changes as the person wrote it', async () => {
    const written = '---\nkey:   SHOP-3 # ours\ntitle: Good\nstatus:  "To Do"\nteam: [a,  b]\n---\n\n* text\n';
    const { connect, folder } = makeBacklog({ 'x.md': written });
    await connect().transition('SHOP-3', 'in_progress');
    await connect().comment('SHOP-3', 'Hello', 'm');
    const text = readFileSync(join(folder, 'x.md'), 'utf8');
    expect(text.startsWith(written.replace('To Do', 'In Progress'))).toBe(true);
    expect(readdirSync(folder)).toEqual(['x.md']);
  });
});
