/**
 * Lessons that reviews teach, in `.reviews/lessons.json` of the repository: found as candidates, of effect only once a
 * person has approved them. Written in the story's worktree, so that they travel with its pull request.
 *
 *   candidate --person approves--> approved --person retires--> retired      (a retired lesson stays retired)
 */
import { join } from 'node:path';
import { z } from 'zod';
import type { Finding } from '../domain/finding.js';
import { VishkarError } from '../errors.js';
import { readInWorktree, writeInWorktree } from '../git/worktree-content.js';

const lessonSchema = z.strictObject({
  /** What goes wrong, one sentence. With the category it identifies the lesson. */
  pattern: z.string().min(1),
  category: z.string().min(1),
  /** How many findings showed it. */
  occurrences: z.number().int().positive(),
  firstSeen: z.string(),
  lastSeen: z.string(),
  /** What to do instead. */
  prevention: z.string(),
  /** Where it was seen, `file:line`, or code. */
  example: z.string(),
  status: z.enum(['candidate', 'approved', 'retired']),
  /** The latest findings counted (`<finding id>@<time>`): a step that is tried again counts nothing twice. */
  seenIn: z.array(z.string()).optional(),
});

const lessonsFileSchema = z.strictObject({ schemaVersion: z.literal(1), lessons: z.array(lessonSchema) });

export type Lesson = z.infer<typeof lessonSchema>;
type LessonsFile = z.infer<typeof lessonsFileSchema>;

const LESSONS_PATH = '.reviews/lessons.json';
const SEEN_KEPT = 100;

/** Text of models: about four characters make a token. */
const CHARACTERS_PER_TOKEN = 4;

/** Reads and merges the lessons file of a worktree or checkout. */
export class LessonStore {
  /** All lessons, most frequent first. Throws VishkarError `LESSONS_FILE_INVALID` with what is wrong where. */
  async read(worktree: string): Promise<readonly Lesson[]> {
    return [...(await load(worktree)).lessons].sort(byFrequency);
  }

  /**
   * Approved lessons as lines for an engine's prompt, most frequent first, as many as fit into `tokenBudget`
   * (default 1,000).
   */
  async approvedLines(worktree: string, tokenBudget = 1_000): Promise<readonly string[]> {
    const approved = (await this.read(worktree)).filter((lesson) => lesson.status === 'approved');
    const lines: string[] = [];
    let left = tokenBudget * CHARACTERS_PER_TOKEN;
    for (const { category, pattern, prevention } of approved) {
      const line = oneLine(prevention === '' ? `${category}: ${pattern}` : `${category}: ${pattern} ${prevention}`);
      if (line.length > left) break;
      left -= line.length;
      lines.push(line);
    }
    return lines;
  }

  /**
   * Adds what findings teach as candidates, and counts lessons that are known. The same findings with the same time
   * again change nothing. A finding's `lesson` is the prevention, else its suggestion.
   */
  async addCandidates(worktree: string, findings: readonly Finding[], seenAt: string): Promise<readonly Lesson[]> {
    const lessons = new Map((await load(worktree)).lessons.map((lesson) => [identity(lesson), lesson] as const));
    for (const finding of findings) {
      const seen = `${finding.id}@${seenAt}`;
      const key = identity({ category: finding.category, pattern: finding.issue });
      const known = lessons.get(key);
      if (known?.seenIn?.includes(seen) === true) continue;
      lessons.set(key, known === undefined ? candidate(finding, seen, seenAt) : seenAgain(known, seen, seenAt));
    }
    const merged = [...lessons.values()];
    if (findings.length > 0) await save(worktree, { schemaVersion: 1, lessons: merged });
    return merged.sort(byFrequency);
  }

  /** A person's decision on one lesson. Throws VishkarError `LESSON_NOT_FOUND`. */
  async setStatus(
    worktree: string,
    lesson: { readonly category: string; readonly pattern: string },
    status: 'approved' | 'retired',
  ): Promise<Lesson> {
    const file = await load(worktree);
    const known = file.lessons.find((each) => identity(each) === identity(lesson));
    if (known === undefined) {
      throw new VishkarError('LESSON_NOT_FOUND', `There is no lesson "${lesson.pattern}" in ${LESSONS_PATH}.`, {
        hint: `Look into ${LESSONS_PATH} for the lessons there are.`,
      });
    }
    const decided = { ...known, status };
    await save(worktree, { ...file, lessons: file.lessons.map((each) => (each === known ? decided : each)) });
    return decided;
  }
}

function candidate(finding: Finding, seen: string, seenAt: string): Lesson {
  return {
    pattern: oneLine(finding.issue),
    category: finding.category,
    occurrences: 1,
    firstSeen: seenAt,
    lastSeen: seenAt,
    prevention: finding.lesson ?? finding.suggestion,
    example: `${finding.file}:${finding.line}`,
    status: 'candidate',
    seenIn: [seen],
  };
}

function seenAgain(lesson: Lesson, seen: string, seenAt: string): Lesson {
  return {
    ...lesson,
    occurrences: lesson.occurrences + 1,
    lastSeen: seenAt > lesson.lastSeen ? seenAt : lesson.lastSeen,
    seenIn: [...(lesson.seenIn ?? []), seen].slice(-SEEN_KEPT),
  };
}

function identity(lesson: { readonly category: string; readonly pattern: string }): string {
  return `${lesson.category}\n${oneLine(lesson.pattern).toLowerCase()}`;
}

/** Frequency first, then age and text, so that the order never depends on the file's. */
function byFrequency(a: Lesson, b: Lesson): number {
  return (
    b.occurrences - a.occurrences || a.firstSeen.localeCompare(b.firstSeen) || identity(a).localeCompare(identity(b))
  );
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

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
