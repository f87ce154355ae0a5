/**
 * The lessons file of a worktree or checkout, `.reviews/lessons.json`: found as candidates, of effect only once a person has approved them.
 * Written in the story's worktree, so that they travel with its pull request. What happens to them is in lesson.ts.
 */
import { join } from 'node:path';
import { z } from 'zod';
import { VishkarError } from '../errors.js';
import { readInWorktree, writeInWorktree } from '../git/worktree-content.js';
import { byFrequency, decide, learn, lessonId, lessonsFileSchema, oneLine } from './lesson.js';
import type { Lesson, LessonsFile, ReviewedStory } from './lesson.js';

const LESSONS_PATH = '.reviews/lessons.json';

/** Text of models: about four characters make a token. */
const CHARACTERS_PER_TOKEN = 4;

/** Reads and merges the lessons file of a worktree or checkout. */
export class LessonStore {
  /** All lessons, most frequent first, and how many stories were reviewed. Throws VishkarError `LESSONS_FILE_INVALID` with what is wrong where. */
  async read(worktree: string): Promise<{ readonly lessons: readonly Lesson[]; readonly stories: number }> {
    const { lessons, stories } = await load(worktree);
    return { lessons: [...lessons].sort(byFrequency), stories: stories?.count ?? 0 };
  }

  /**
   * Approved lessons as lines for an engine's prompt, most frequent first, as many as fit into `tokenBudget`
   * (default 1,000).
   */
  async approvedLines(worktree: string, tokenBudget = 1_000): Promise<readonly string[]> {
    const { lessons } = await this.read(worktree);
    const lines: string[] = [];
    let left = tokenBudget * CHARACTERS_PER_TOKEN;
    for (const { category, pattern, prevention } of lessons.filter(({ status }) => status === 'approved')) {
      const line = oneLine(prevention === '' ? `${category}: ${pattern}` : `${category}: ${pattern} ${prevention}`);
      if (line.length > left) break;
      left -= line.length;
      lines.push(line);
    }
    return lines;
  }

  /** Counts a reviewed story: adds what it teaches as candidates, counts what is known. The same story and time again changes nothing. */
  async learn(worktree: string, story: ReviewedStory): Promise<readonly Lesson[]> {
    const file = await load(worktree);
    const learned = learn(file, story);
    const isWorthAFile = file.lessons.length > 0 || learned.lessons.length > 0;
    if (learned !== file && isWorthAFile) await save(worktree, learned);
    return [...learned.lessons].sort(byFrequency);
  }

  /** A person's decision on the lesson of this id. Throws VishkarError `LESSON_NOT_FOUND`. */
  async setStatus(worktree: string, id: string, status: 'approved' | 'retired'): Promise<Lesson> {
    const file = await load(worktree);
    const known = file.lessons.find((each) => lessonId(each) === id);
    if (known === undefined) {
      throw new VishkarError('LESSON_NOT_FOUND', `There is no lesson ${id} in ${LESSONS_PATH}.`, {
        hint: '"vishkar lessons list" shows those there are.',
      });
    }
    await save(worktree, decide(file, known, status));
    return { ...known, status };
  }
}

async function load(worktree: string): Promise<LessonsFile> {
  const path = join(worktree, LESSONS_PATH);
  const text = await readInWorktree(worktree, LESSONS_PATH);
  if (text === undefined) return { schemaVersion: 1, lessons: [] };
  try {
    return lessonsFileSchema.parse(JSON.parse(text));
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new VishkarError('LESSONS_FILE_INVALID', `${path} is not a lessons file: ${reason}`, {
      hint: 'Mend the file, or put back the last good one with git.',
      cause: error,
    });
  }
}

async function save(worktree: string, file: LessonsFile): Promise<void> {
  await writeInWorktree(worktree, LESSONS_PATH, `${JSON.stringify(file, null, 2)}\n`);
}
