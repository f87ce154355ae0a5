import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runGit } from '../../test/support/git-repository.js';
import { activityCall, testProject } from '../../test/support/story-tools.js';
import { selectTask } from './select-task.js';
import { stopStory } from './stop-story.js';

const stopped = { jira_key: 'DEMO-1', reason: 'Ann said so', workflowId: 'sdlc-DEMO-1', runId: 'r1', evidence: [] };

function statusIn(path: string): string | undefined {
  return /^status: (.*)$/m.exec(readFileSync(path, 'utf8'))?.[1];
}

describe('stopStory', () => {
  it('leaves no worktree and a truthful tracker when the story stops in the middle of step 1', async () => {
    const { tools, storyPath, checkout } = await testProject();
    await selectTask(tools)({ jira_key: 'DEMO-1', project: '' }, activityCall());
    expect(statusIn(storyPath)).toBe('in_progress');
    await stopStory(tools)({ ...stopped, outcome: 'cancelled' }, activityCall());
    expect(statusIn(storyPath)).toBe('todo');
    expect(existsSync(join(tools.folders.worktrees, 'DEMO-1'))).toBe(false);
    expect(runGit(checkout, 'worktree', 'list').split('\n')).toHaveLength(1);
  });

  it('says nothing about a story that was never claimed', async () => {
    const { tools, storyPath } = await testProject();
    const before = readFileSync(storyPath, 'utf8');
    await stopStory(tools)({ ...stopped, outcome: 'abandoned' }, activityCall());
    expect(readFileSync(storyPath, 'utf8')).toBe(before);
  });

  it('cleans up although a person has made the story unreadable', async () => {
    const { tools, storyPath } = await testProject();
    const work = await selectTask(tools)({ jira_key: 'DEMO-1', project: '' }, activityCall());
    writeFileSync(storyPath, '---\nkey: DEMO-1\nstatus: [\n---\n');
    const { story, branch, baseBranch, baseSha, headSha } = work;
    const input = { ...stopped, outcome: 'rejected', work: { story, branch, baseBranch, baseSha, headSha } };
    expect(await stopStory(tools)(input, activityCall())).toMatchObject({
      receiptUri: expect.stringContaining('file:'),
    });
    expect(existsSync(join(tools.folders.worktrees, 'DEMO-1'))).toBe(false);
  });
});
