/**
 * What every issue tracker has to hold, whatever stands behind it. Each adapter's test calls `describeIssueTracker` with
 * a factory; the factory also plays the person who moves stories by hand and reads what was written.
 */
import { describe, expect, it } from 'vitest';
import type { Story, StoryStatus } from '../../src/domain/story.js';
import { storySchema } from '../../src/domain/story.js';
import type { EffectReceipt, IssueTracker, NewStory } from '../../src/issue-tracker/issue-tracker.js';

export interface TrackerUnderTest {
  /** An adapter on the tracker; every call makes a new one on the same tracker, as after a restart. */
  readonly connect: () => IssueTracker;
  /** Moves a story as a person does, past the adapter. */
  readonly moveByHand: (key: string, to: StoryStatus) => Promise<void>;
  /** Edits the description as a person does. */
  readonly editByHand: (key: string, description: string) => Promise<void>;
  /** Assigns the story to somebody as a person does. */
  readonly assignByHand: (key: string, name: string) => Promise<void>;
  /** Says that a story waits for another as a person does. */
  readonly blockByHand: (key: string, blocker: string) => Promise<void>;
  /** Files a story that is to do, as a person does. */
  readonly fileByHand: (title: string) => Promise<unknown>;
  /** Links a story to what it waits for, where the adapter makes links; undefined where only people do. */
  readonly link: ((key: string, blocker: string) => Promise<EffectReceipt>) | undefined;
  /** Deletes the story as a person does. */
  readonly deleteByHand: (key: string) => Promise<void>;
  /** Writes a comment as a person does. */
  readonly commentByHand: (key: string, author: string, body: string) => Promise<void>;
  /** Writes a comment as a program that is not ours does; undefined where programs write none. */
  readonly commentByProgram: ((key: string, body: string) => Promise<void>) | undefined;
  /** Texts of all comments of a story, oldest first. */
  readonly comments: (key: string) => Promise<readonly string[]>;
  /** Number of worklog entries of a story. */
  readonly worklogs: (key: string) => Promise<number>;
}

const NEW_STORY: NewStory = {
  title: 'Parse durations: "1 h 30"',
  description: 'First line.\n\nSecond <b>line</b> with `code`.',
  acceptanceCriteria: ['"PT1H" is 3600', 'Refuses: negative ones'],
  priority: 'high',
};

/** Runs the contract of the issue tracker port. */
export function describeIssueTracker(name: string, makeTracker: () => Promise<TrackerUnderTest>): void {
  describe(`${name} keeps the issue tracker contract`, () => {
    async function withStory(): Promise<TrackerUnderTest & { readonly story: Story; readonly key: string }> {
      const underTest = await makeTracker();
      const story = await underTest.connect().create(NEW_STORY, 'create-1');
      return { ...underTest, story, key: story.key };
    }

    it('files a story and reads back what was filed', async () => {
      const { connect, story, key } = await withStory();
      expect(storySchema.parse(story)).toMatchObject({
        title: NEW_STORY.title,
        description: NEW_STORY.description,
        priority: 'high',
        status: 'todo',
        acceptanceCriteria: [
          { id: 'AC-1', text: '"PT1H" is 3600' },
          { id: 'AC-2', text: 'Refuses: negative ones' },
        ],
      });
      expect(await connect().get(key)).toEqual(story);
      expect(await connect().list()).toEqual([story]);
    });

    it('files one story per marker, also after a restart and for equal texts', async () => {
      const { connect, key } = await withStory();
      expect((await connect().create(NEW_STORY, 'create-1')).key).toBe(key);
      const tracker = connect();
      const filed = await Promise.all(
        ['create-2', 'create-3', 'create-2'].map((each) => tracker.create(NEW_STORY, each)),
      );
      expect(new Set(filed.map((each) => each.key)).size).toBe(2);
      expect(await connect().list()).toHaveLength(3);
    });

    it('says which story is not there', async () => {
      const { connect } = await makeTracker();
      await expect(connect().get('NONE-1')).rejects.toMatchObject({ code: 'STORY_NOT_FOUND', retryable: false });
      await expect(connect().comment('NONE-1', 'x', 'm')).rejects.toMatchObject({ code: 'STORY_NOT_FOUND' });
    });

    it('moves a story through its life, and adopts a state that is reached already', async () => {
      const { connect, key, moveByHand } = await withStory();
      for (const to of ['in_progress', 'in_review', 'blocked', 'in_progress', 'done'] as const) {
        expect((await connect().transition(key, to, `move-${to}`)).adopted).toBe(false);
        expect((await connect().transition(key, to, `move-${to}`)).adopted).toBe(true);
        expect((await connect().get(key)).status).toBe(to);
      }
      await moveByHand(key, 'in_progress');
      await moveByHand(key, 'done');
      expect((await connect().transition(key, 'done', 'close')).adopted).toBe(true);
    });

    it.each([
      ['done', 'in_progress'],
      ['cancelled', 'in_progress'],
      ['cancelled', 'done'],
      ['todo', 'in_review'],
    ] as const)('does not overwrite a person who moved it to %s by moving it to %s', async (byHand, to) => {
      const { connect, key, moveByHand } = await withStory();
      await connect().transition(key, 'in_progress', 'claim');
      await moveByHand(key, byHand);
      await expect(connect().transition(key, to, 'm')).rejects.toMatchObject({
        code: 'STORY_MOVED_AWAY',
        retryable: false,
      });
      expect((await connect().get(key)).status).toBe(byHand);
    });

    it('writes one comment per marker', async () => {
      const { connect, key, comments } = await withStory();
      const first = await connect().comment(key, 'Claimed.\n\n- on a branch', 'claim');
      const again = await connect().comment(key, 'Claimed, said differently.', 'claim');
      const other = await connect().comment(key, 'Closed.', 'close');
      expect([first.adopted, again.adopted, other.adopted]).toEqual([false, true, false]);
      expect(again.id).toBe(first.id);
      const written = await comments(key);
      expect(written).toHaveLength(2);
      expect(written[0]).toContain('Claimed.\n\n- on a branch');
      expect(written[1]).toContain('Closed.');
    });

    it('writes every comment of several that are made at the same time', async () => {
      const { connect, key, comments } = await withStory();
      const tracker = connect();
      await Promise.all([1, 2, 3, 4].map((each) => tracker.comment(key, `comment ${each}`, `m${each}`)));
      expect(await comments(key)).toHaveLength(4);
    });

    it('does not take a marker in the text of a comment for its own', async () => {
      const { connect, key, comments } = await withStory();
      await connect().comment(key, 'the marker is: second', 'first');
      expect((await connect().comment(key, 'x', 'second')).adopted).toBe(false);
      expect(await comments(key)).toHaveLength(2);
    });

    it('reads what people wrote after a comment of ours, and nothing else', async () => {
      const { connect, key, commentByHand, commentByProgram } = await withStory();
      await commentByHand(key, 'Ann', 'Before it was asked.');
      await connect().comment(key, 'Which unit?', 'ask');
      expect(await connect().repliesTo(key, 'ask')).toEqual([]);
      await commentByProgram?.(key, 'A deployment has ended.');
      await commentByHand(key, 'Ann', 'Seconds, please.');
      await connect().comment(key, 'Goes on.', 'told');
      await commentByHand(key, 'Bob', 'And no fractions.');
      const replies = await connect().repliesTo(key, 'ask');
      expect(replies.map(({ body }) => body)).toEqual(['Seconds, please.', 'And no fractions.']);
      for (const { id, author, at } of replies) {
        expect(id).not.toBe('');
        expect(author).not.toBe('');
        expect(new Date(at).toISOString()).toBe(at);
      }
      expect((await connect().repliesTo(key, 'told')).map(({ body }) => body)).toEqual(['And no fractions.']);
      expect(await connect().repliesTo(key, 'never asked')).toEqual([]);
    });

    it('tells to whom a story is assigned, and that is no change of its text', async () => {
      const { connect, key, story, assignByHand } = await withStory();
      expect(story.assignee).toBeUndefined();
      await assignByHand(key, 'ann');
      expect(await connect().get(key)).toMatchObject({ assignee: 'ann', revision: story.revision });
    });

    it('tells what a story waits for, until that is done', async () => {
      const { connect, key, blockByHand } = await withStory();
      const blocker = (await connect().create(NEW_STORY, 'create-2')).key;
      await blockByHand(key, blocker);
      expect((await connect().get(key)).blockedBy).toEqual([blocker]);
      expect((await connect().get(blocker)).blockedBy).toEqual([]);
      const isDone = async (each: string) => (await connect().get(each)).status === 'done';
      await connect().transition(blocker, 'done', 'close');
      for (const each of (await connect().get(key)).blockedBy) expect(await isDone(each)).toBe(true);
    });

    it('lists more stories than stand on a page, in their order', async () => {
      const { connect, fileByHand } = await makeTracker();
      const titles = Array.from({ length: 120 }, (_, index) => `story ${String(index + 1)}`);
      for (const title of titles) await fileByHand(title);
      expect((await connect().list()).map(({ title }) => title)).toEqual(titles);
    });

    it('makes a link to what a story waits for once, where it makes links', async () => {
      const { connect, key, link } = await withStory();
      if (link === undefined) return;
      const blocker = (await connect().create(NEW_STORY, 'create-2')).key;
      expect((await link(key, blocker)).adopted).toBe(false);
      expect((await link(key, blocker)).adopted).toBe(true);
      expect((await connect().get(key)).blockedBy).toEqual([blocker]);
      expect((await connect().get(blocker)).blockedBy).toEqual([]);
    });

    it('says that a story is gone when a person has deleted it, whatever is asked of it', async () => {
      const { connect, key, deleteByHand } = await withStory();
      await connect().comment(key, 'Which unit?', 'ask');
      await deleteByHand(key);
      const gone = { code: 'STORY_NOT_FOUND', retryable: false };
      const entry = { seconds: 60, comment: 'x', startedAt: '2026-01-01T10:00:00.000Z' };
      await expect(connect().get(key)).rejects.toMatchObject(gone);
      await expect(connect().repliesTo(key, 'ask')).rejects.toMatchObject(gone);
      await expect(connect().comment(key, 'x', 'm')).rejects.toMatchObject(gone);
      await expect(connect().worklog(key, entry, 'm')).rejects.toMatchObject(gone);
      await expect(connect().transition(key, 'done', 'm')).rejects.toMatchObject(gone);
    });

    it('logs work once per marker, apart from comments', async () => {
      const { connect, key, comments, worklogs } = await withStory();
      const entry = { seconds: 5400, comment: 'time at work', startedAt: '2026-01-01T10:00:00.000Z' };
      await connect().comment(key, 'x', 'close');
      expect((await connect().worklog(key, entry, 'close')).adopted).toBe(false);
      expect((await connect().worklog(key, entry, 'close')).adopted).toBe(true);
      expect([await worklogs(key), (await comments(key)).length]).toEqual([1, 1]);
    });

    it('changes the revision when the text changes, and not when we write', async () => {
      const { connect, key, story, editByHand } = await withStory();
      await connect().transition(key, 'in_progress', 'claim');
      await connect().comment(key, 'x', 'claim');
      expect((await connect().get(key)).revision).toBe(story.revision);
      await editByHand(key, 'Something else.');
      const edited = await connect().get(key);
      expect(edited.description).toBe('Something else.');
      expect(edited.revision).not.toBe(story.revision);
    });
  });
}
