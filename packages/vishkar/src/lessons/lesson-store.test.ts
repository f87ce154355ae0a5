import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@vishkar/testkit';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../domain/finding.js';
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

describe('LessonStore', () => {
  it('keeps candidates away from prompts until a person approves them, and out again once retired', async () => {
    const folder = temporaryFolder('lessons');
    const [lesson] = await store.addCandidates(folder, [finding('1')], '2026-01-01T00:00:00Z');
    expect(lesson).toMatchObject({ status: 'candidate', occurrences: 1, example: 'src/a.ts:3' });
    expect(await store.approvedLines(folder)).toEqual([]);
    const identity = { category: 'code-injection', pattern: 'text from OUTSIDE is  evaluated.' };
    await store.setStatus(folder, identity, 'approved');
    expect(await store.approvedLines(folder)).toEqual([
      'code-injection: Text from outside is evaluated. Parse it instead.',
    ]);
    await store.setStatus(folder, identity, 'retired');
    await store.addCandidates(folder, [finding('2')], '2026-01-02T00:00:00Z');
    expect(await store.approvedLines(folder)).toEqual([]);
    expect(await store.read(folder)).toMatchObject([{ status: 'retired', occurrences: 2 }]);
  });

  it('counts a finding once, however often the step is tried', async () => {
    const folder = temporaryFolder('lessons');
    const findings = [finding('1'), finding('2'), finding('3', { category: 'other' })];
    await store.addCandidates(folder, findings, '2026-01-01T00:00:00Z');
    const first = readFileSync(join(folder, '.reviews/lessons.json'), 'utf8');
    await store.addCandidates(folder, findings, '2026-01-01T00:00:00Z');
    expect(readFileSync(join(folder, '.reviews/lessons.json'), 'utf8')).toBe(first);
    expect((await store.read(folder)).map((lesson) => lesson.occurrences)).toEqual([2, 1]);
  });

  it('gives the most frequent lessons first and stops at the token budget', async () => {
    const folder = temporaryFolder('lessons');
    const findings = ['rare', 'often', 'often'].map((issue, index) =>
      finding(String(index), { issue, lesson: 'x'.repeat(40) }),
    );
    await store.addCandidates(folder, findings, '2026-01-01T00:00:00Z');
    for (const pattern of ['rare', 'often'])
      await store.setStatus(folder, { category: 'code-injection', pattern }, 'approved');
    expect((await store.approvedLines(folder, 100)).map((line) => line.split(' ')[1])).toEqual(['often', 'rare']);
    expect(await store.approvedLines(folder, 20)).toHaveLength(1);
    expect(await store.approvedLines(folder, 5)).toEqual([]);
  });

  it('writes no file when there is nothing to learn, and says what is wrong with a broken one', async () => {
    const folder = temporaryFolder('lessons');
    expect(await store.addCandidates(folder, [], '2026-01-01T00:00:00Z')).toEqual([]);
    await expect(store.setStatus(folder, { category: 'a', pattern: 'b' }, 'approved')).rejects.toMatchObject({
      code: 'LESSON_NOT_FOUND',
    });
    mkdirSync(join(folder, '.reviews'));
    writeFileSync(join(folder, '.reviews/lessons.json'), '{"schemaVersion": 2, "lessons": []}');
    await expect(store.read(folder)).rejects.toMatchObject({ code: 'LESSONS_FILE_INVALID' });
  });
});
