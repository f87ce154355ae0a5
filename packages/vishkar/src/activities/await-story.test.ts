import { readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { activityCall, testProject } from '../../test/support/story-tools.js';
import { askInTracker } from './ask-in-tracker.js';
import { awaitStory, watchStory } from './await-story.js';
import { selectTask } from './select-task.js';

const MARKER = 'vishkar:DEMO-1/select/1/question/r1';

async function asked(question: string) {
  const project = await testProject();
  const call = {
    jira_key: 'DEMO-1',
    step: 'implement',
    question,
    options: ['retry', 'override'],
    marker: MARKER,
  } as const;
  const ask = () => askInTracker(project.tools)({ ...call, options: [...call.options] }, activityCall());
  const edit = (change: (text: string) => string, secondsAgo = 60) => {
    writeFileSync(project.storyPath, change(readFileSync(project.storyPath, 'utf8')));
    const at = new Date(Date.now() - secondsAgo * 1000);
    utimesSync(project.storyPath, at, at);
  };
  const wait = (input: object) => awaitStory(project.tools)({ jira_key: 'DEMO-1', ...input }, activityCall());
  await ask();
  return { ...project, ask, edit, wait };
}

const NOT_YET = { code: 'STORY_UNCHANGED', retryable: true, isExpected: true };

describe('a question in the tracker', () => {
  it('stands there once, in a block that its text can not leave, and says what a comment can do', async () => {
    const { ask, storyPath } = await asked('Use ```\n@team or token=x https://bob:secret@host/ ?');
    await ask();
    const text = readFileSync(storyPath, 'utf8');
    expect(text.split(MARKER)).toHaveLength(2);
    expect(text).toContain("```text\nUse '''\n@team or token=x https://***@host/ ?\n```");
    expect(text).toContain('to override it, use `vishkar answer DEMO-1 <choice>');
  });

  it('is answered by what a person writes below it, once they are done writing, with credentials masked', async () => {
    const { edit, wait } = await asked('Which unit?');
    await expect(wait({ question: MARKER })).rejects.toMatchObject(NOT_YET);
    edit((text) => `${text}\nSeconds. See https://bob:secret@host/x\n`, 0);
    await expect(wait({ question: MARKER })).rejects.toMatchObject(NOT_YET);
    edit((text) => text);
    const { reply } = await wait({ question: MARKER });
    expect(reply).toMatchObject({ text: 'Seconds. See https://***@host/x' });
    expect(reply?.by).not.toBe('');
  });
});

describe('a wait for the tracker', () => {
  it('ends when the text, the state or what blocks it is another', async () => {
    const { tools, edit, wait } = await asked('Which unit?');
    const { revision } = await tools.tracker.get('DEMO-1');
    await expect(wait({ otherThanRevision: revision, otherThanStatus: 'todo' })).rejects.toMatchObject(NOT_YET);
    edit((text) => text.replace('What is wanted', 'Something else'));
    expect(await wait({ otherThanRevision: revision })).toEqual({ reply: null });
    expect(await wait({ otherThanStatus: 'blocked' })).toEqual({ reply: null });

    edit((text) => text.replace('status: todo', 'status: todo\nblockedBy: [DEMO-2]'));
    await expect(wait({ unblocked: true })).rejects.toMatchObject(NOT_YET);
    await expect(selectTask(tools)({ jira_key: 'DEMO-1', project: '' }, activityCall())).rejects.toMatchObject({
      code: 'STORY_BLOCKED',
      message: expect.stringContaining('DEMO-2, which is not to be found'),
    });
    const other = await tools.tracker.create(
      { title: 'First', description: '', acceptanceCriteria: [], priority: 'low' },
      'm',
    );
    expect(other.key).toBe('DEMO-2');
    await expect(wait({ unblocked: true })).rejects.toMatchObject(NOT_YET);
    await tools.tracker.transition('DEMO-2', 'done', 'm');
    expect(await wait({ unblocked: true })).toEqual({ reply: null });
  });

  it('that can never end, because stories block each other, is told with the way around', async () => {
    const { tools, edit, storyPath } = await asked('Which unit?');
    const fields = { description: '', acceptanceCriteria: [], priority: 'low' } as const;
    for (const title of ['Second', 'Third']) await tools.tracker.create({ title, ...fields }, title);
    const blockedBy = (key: string, by: string) => {
      const path = storyPath.replace('DEMO-1', key);
      writeFileSync(path, readFileSync(path, 'utf8').replace(/^(status: .*)$/m, `$1\nblockedBy: [${by}]`));
    };
    edit((text) => text.replace('status: todo', 'status: todo\nblockedBy: [DEMO-2]'));
    blockedBy('DEMO-2', 'DEMO-3');
    blockedBy('DEMO-3', 'DEMO-1');
    const select = () => selectTask(tools)({ jira_key: 'DEMO-1', project: '' }, activityCall());
    await expect(select()).rejects.toMatchObject({
      code: 'STORY_BLOCKED_IN_CIRCLE',
      message: expect.stringContaining('DEMO-1 is blocked by DEMO-2 is blocked by DEMO-3 is blocked by DEMO-1'),
    });
    await tools.tracker.transition('DEMO-3', 'done', 'm');
    await expect(select()).rejects.toMatchObject({ code: 'STORY_BLOCKED' });
  });

  it('says that a story is gone, in either way of looking', async () => {
    const { tools, storyPath, wait } = await asked('Which unit?');
    rmSync(storyPath);
    expect(await watchStory(tools)({ jira_key: 'DEMO-1' }, activityCall())).toEqual({ story: null });
    await expect(wait({ question: MARKER })).rejects.toMatchObject({ code: 'STORY_NOT_FOUND', retryable: false });
  });
});
