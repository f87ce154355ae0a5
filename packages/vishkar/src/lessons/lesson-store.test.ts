import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@vishkar/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../domain/finding.js';
import { decide, effectOf, learn as applied, lessonId } from './lesson.js';
import type { Lesson, LessonsFile } from './lesson.js';
import { LessonStore } from './lesson-store.js';

const store = new LessonStore();

function finding(id: string, overrides: Partial<Finding> = {}): Finding {
  return {
    id: `F-${id.padStart(12, '0')}`,
    severity: 'high',
    category: 'code-injection',
    issue: 'Text from outside is evaluated.',
    file: 'src/a.ts',
    line: 3,
    suggestion: 'Parse it instead.',
    grounded: true,
    reportedBy: ['eslint'],
    angles: ['security'],
    ...overrides,
  };
}

const learn = (folder: string, fixed: readonly Finding[], at: string, others: readonly Finding[] = []) =>
  store.learn(folder, { key: 'T-1', at, fixed, others });

describe('LessonStore', () => {
  it('keeps candidates away from prompts until a person approves them, and out again once retired', async () => {
    const folder = temporaryFolder('lessons');
    const [lesson] = await learn(folder, [finding('1')], '2026-01-01T00:00:00Z');
    expect(lesson).toMatchObject({ status: 'candidate', occurrences: 1, example: 'src/a.ts:3' });
    expect(await store.approvedLines(folder)).toEqual([]);
    const id = lessonId({ category: 'code-injection', pattern: 'text from OUTSIDE is  evaluated.' });
    await store.setStatus(folder, id, 'approved');
    expect(await store.approvedLines(folder)).toEqual([
      'code-injection: Text from outside is evaluated. Parse it instead.',
    ]);
    await store.setStatus(folder, id, 'retired');
    await learn(folder, [finding('2')], '2026-01-02T00:00:00Z');
    expect(await store.approvedLines(folder)).toEqual([]);
    expect(await store.read(folder)).toMatchObject({ lessons: [{ status: 'retired', occurrences: 2 }], stories: 2 });
  });

  it('counts a story once, however often the step is tried', async () => {
    const folder = temporaryFolder('lessons');
    const findings = [finding('1'), finding('2'), finding('3', { category: 'other' })];
    await learn(folder, findings, '2026-01-01T00:00:00Z');
    const first = readFileSync(join(folder, '.reviews/lessons.json'), 'utf8');
    await learn(folder, findings, '2026-01-01T00:00:00Z');
    expect(readFileSync(join(folder, '.reviews/lessons.json'), 'utf8')).toBe(first);
    expect((await store.read(folder)).lessons.map((lesson) => lesson.occurrences)).toEqual([2, 1]);
  });

  it('gives the most frequent lessons first and stops at the token budget', async () => {
    const folder = temporaryFolder('lessons');
    const findings = ['rare', 'often', 'often'].map((issue, index) =>
      finding(String(index), { issue, lesson: 'x'.repeat(40) }),
    );
    await learn(folder, findings, '2026-01-01T00:00:00Z');
    for (const pattern of ['rare', 'often'])
      await store.setStatus(folder, lessonId({ category: 'code-injection', pattern }), 'approved');
    expect((await store.approvedLines(folder, 100)).map((line) => line.split(' ')[1])).toEqual(['often', 'rare']);
    expect(await store.approvedLines(folder, 20)).toHaveLength(1);
    expect(await store.approvedLines(folder, 5)).toEqual([]);
  });

  it('writes no file when there is nothing to learn, and says what is wrong with a broken one', async () => {
    const folder = temporaryFolder('lessons');
    expect(await learn(folder, [], '2026-01-01T00:00:00Z')).toEqual([]);
    expect(existsSync(join(folder, '.reviews'))).toBe(false);
    await expect(store.setStatus(folder, 'L-00000000', 'approved')).rejects.toMatchObject({ code: 'LESSON_NOT_FOUND' });
    mkdirSync(join(folder, '.reviews'));
    writeFileSync(join(folder, '.reviews/lessons.json'), '{"schemaVersion": 2, "lessons": []}');
    await expect(store.read(folder)).rejects.toMatchObject({ code: 'LESSONS_FILE_INVALID' });
  });

  it('reads a file of before, which counted no stories, and goes on with it', async () => {
    const folder = temporaryFolder('lessons');
    const { lessons } = learned(EMPTY, ['1']);
    const { firstStory: _first, lastStory: _last, ...old } = lessons[0] as Lesson;
    mkdirSync(join(folder, '.reviews'));
    writeFileSync(join(folder, '.reviews/lessons.json'), JSON.stringify({ schemaVersion: 1, lessons: [old] }));
    expect(await learn(folder, [finding('9')], '2026-03-01T00:00:00Z')).toMatchObject([
      { occurrences: 2, lastStory: 1 },
    ]);
  });
});

const EMPTY: LessonsFile = { schemaVersion: 1, lessons: [] };
/** A file after one more story with these findings. */
const learned = (file: LessonsFile, fixed: readonly string[], others: readonly Finding[] = []) => {
  const at = `story ${String((file.stories?.count ?? 0) + 1)}`;
  return applied(file, { key: 'T', at, fixed: fixed.map((id) => finding(id)), others });
};

describe('lessons', () => {
  it('that say the same in other words, about other code, are one; others are not', () => {
    const file = applied(EMPTY, {
      ...{ key: 'T', at: '1', others: [] },
      fixed: [
        finding('1', { category: 'resource-leak', issue: '`readAll` opens a file and never closes its handle' }),
        finding('2', { category: 'resource-leak', issue: 'the file that `load` opens is never closed' }),
        finding('3', { category: 'resource-leak', issue: 'the timer of `poll` keeps the process alive' }),
        finding('4', { category: 'off-by-one', issue: 'the file that is opened is never closed' }),
      ],
    });
    expect(file.lessons.map(({ category, occurrences }) => [category, occurrences])).toEqual([
      ['resource-leak', 2],
      ['resource-leak', 1],
      ['off-by-one', 1],
    ]);
  });

  it('are counted by what was not mended as well, but not begun by it', () => {
    const open = finding('7');
    expect(learned(EMPTY, [], [open]).lessons).toEqual([]);
    expect(learned(learned(EMPTY, ['1']), [], [open]).lessons).toMatchObject([{ occurrences: 2 }]);
  });

  it('sleep when they are not seen for thirty stories, and wake when they are', () => {
    const approve = (file: LessonsFile) => decide(file, file.lessons[0] as Lesson, 'approved');
    let file = approve(learned(EMPTY, ['1']));
    for (let story = 0; story < 29; story += 1) file = learned(file, []);
    expect(file.lessons).toMatchObject([{ status: 'approved' }]);
    file = learned(file, []);
    expect(file.lessons).toMatchObject([{ status: 'dormant' }]);
    expect(learned(file, ['2']).lessons).toMatchObject([{ status: 'approved', occurrences: 2 }]);
  });

  it('show whether they help: findings in ten stories before a person approved them, and since', () => {
    let file = EMPTY;
    for (const fixed of [['1'], ['2', '3'], [], ['4'], []]) file = learned(file, fixed);
    file = decide(file, file.lessons[0] as Lesson, 'approved');
    const effect = () => effectOf(file.lessons[0] as Lesson, file.stories?.count ?? 0);
    expect(effect()).toEqual({ before: 8, after: undefined });
    for (const fixed of [[], ['5'], [], []]) file = learned(file, fixed);
    expect(effect()).toEqual({ before: 8, after: 2.5 });
  });

  it('are the same whatever the order in which two findings of one pattern come', () => {
    const counts = (ids: readonly string[]) => learned(EMPTY, ids).lessons.map(({ occurrences }) => occurrences);
    fc.assert(
      fc.property(fc.uniqueArray(fc.stringMatching(/^[0-9a-f]{1,12}$/), { maxLength: 8 }), (ids) => {
        expect(counts([...ids].reverse())).toEqual(counts(ids));
      }),
    );
  });
});
