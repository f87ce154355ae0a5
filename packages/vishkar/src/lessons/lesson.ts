/**
 * Lessons as data, and what happens to them when a story has been reviewed. Pure: the same findings give the same file.
 *
 *   candidate --person approves--> approved --person retires--> retired                     (stays so)
 *                                  approved --not seen over many stories--> dormant --seen again--> approved
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Finding } from '../domain/finding.js';
import { readReport } from '../review/fusion/report-text.js';

export const lessonSchema = z.strictObject({
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
  /** `dormant`: approved, and no longer seen; it is not told to engines until it is seen again. */
  status: z.enum(['candidate', 'approved', 'dormant', 'retired']),
  /** The latest findings counted (`<finding id>@<time>`): a step that is tried again counts nothing twice. */
  seenIn: z.array(z.string()).optional(),
  /** How many stories had been reviewed when it was seen first and last. */
  firstStory: z.number().int().nonnegative().optional(),
  lastStory: z.number().int().nonnegative().optional(),
  /** As it stood when a person approved it: what came after shows whether it helps. */
  approved: z
    .strictObject({ afterStory: z.number().int().nonnegative(), occurrences: z.number().int().nonnegative() })
    .optional(),
});
export type Lesson = z.infer<typeof lessonSchema>;

export const lessonsFileSchema = z.strictObject({
  schemaVersion: z.literal(1),
  lessons: z.array(lessonSchema),
  /** Stories reviewed so far, and the latest of them (`<key>@<time>`): one that is tried again counts once. */
  stories: z.strictObject({ count: z.number().int().nonnegative(), latest: z.array(z.string()) }).optional(),
});
export type LessonsFile = z.infer<typeof lessonsFileSchema>;

export interface ReviewedStory {
  readonly key: string;
  /** The same however often the step is tried. */
  readonly at: string;
  /** What was found and mended: it teaches. */
  readonly fixed: readonly Finding[];
  /** Whatever else stood: a lesson that is known is counted by it. */
  readonly others: readonly Finding[];
}

const SEEN_KEPT = 100;
const STORIES_KEPT = 200;
/** Stories without it, after which an approved lesson is dormant: prompts have room for what happens. */
const DORMANT_AFTER_STORIES = 30;
/** Share of the words of the shorter one that two patterns have in common when they are one. */
const ALIKE = 0.6;

/** The file after a story. A story that is in it already changes nothing. */
export function learn(file: LessonsFile, story: ReviewedStory): LessonsFile {
  const marker = `${story.key}@${story.at}`;
  const { count, latest } = file.stories ?? { count: 0, latest: [] };
  if (latest.includes(marker)) return file;
  const at = count + 1;
  let lessons: readonly Lesson[] = file.lessons;
  for (const [finding, teaches] of [
    ...story.fixed.map((each) => [each, true] as const),
    ...story.others.map((each) => [each, false] as const),
  ]) {
    const known = lessons.find((lesson) => isAlike(lesson, { category: finding.category, pattern: finding.issue }));
    if (known !== undefined)
      lessons = lessons.map((each) => (each === known ? seenAgain(each, finding, story.at, at) : each));
    else if (teaches) lessons = [...lessons, candidate(finding, story.at, at)];
  }
  return {
    schemaVersion: 1,
    lessons: lessons.map((lesson) => rest(lesson, at)),
    stories: { count: at, latest: [...latest, marker].slice(-STORIES_KEPT) },
  };
}

/** Of what a person decides. */
export function decide(file: LessonsFile, lesson: Lesson, status: 'approved' | 'retired'): LessonsFile {
  const afterStory = file.stories?.count ?? 0;
  const decided: Lesson = {
    ...lesson,
    status,
    ...(status === 'approved' && lesson.status !== 'approved'
      ? { approved: { afterStory, occurrences: lesson.occurrences } }
      : {}),
  };
  return { ...file, lessons: file.lessons.map((each) => (each === lesson ? decided : each)) };
}

export interface Effect {
  /** Findings per ten stories, from the first one that showed it to the approval, and since; undefined without stories. */
  readonly before: number | undefined;
  readonly after: number | undefined;
}

/** How often the fault came before a person approved the lesson, and how often since. Undefined for what nobody approved. */
export function effectOf({ approved, occurrences, firstStory = 1 }: Lesson, stories: number): Effect | undefined {
  if (approved === undefined) return undefined;
  const perTen = (findings: number, over: number) => (over > 0 ? (10 * findings) / over : undefined);
  return {
    before: perTen(approved.occurrences, approved.afterStory - Math.max(1, firstStory) + 1),
    after: perTen(occurrences - approved.occurrences, stories - approved.afterStory),
  };
}

/** Short name of a lesson (`L-` and 8 hex digits). */
export function lessonId(lesson: Pick<Lesson, 'category' | 'pattern'>): string {
  return `L-${createHash('sha256').update(identity(lesson)).digest('hex').slice(0, 8)}`;
}

/** The same sentence, or the same category in much the same words; code that is quoted is of the incident, not of the pattern. */
export function isAlike(a: Pick<Lesson, 'category' | 'pattern'>, b: Pick<Lesson, 'category' | 'pattern'>): boolean {
  if (identity(a) === identity(b)) return true;
  if (a.category !== b.category) return false;
  const [left, right] = [wordsOf(a.pattern), wordsOf(b.pattern)];
  const shared = [...left].filter((word) => right.has(word)).length;
  return shared > 0 && shared >= ALIKE * Math.min(left.size, right.size);
}

/** Frequency first, then age and text, so that the order never depends on the file's. */
export function byFrequency(a: Lesson, b: Lesson): number {
  return (
    b.occurrences - a.occurrences || a.firstSeen.localeCompare(b.firstSeen) || identity(a).localeCompare(identity(b))
  );
}

export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function candidate(finding: Finding, at: string, story: number): Lesson {
  return {
    pattern: oneLine(finding.issue),
    category: finding.category,
    occurrences: 1,
    firstSeen: at,
    lastSeen: at,
    prevention: finding.lesson ?? finding.suggestion,
    example: `${finding.file}:${String(finding.line)}`,
    status: 'candidate',
    seenIn: [`${finding.id}@${at}`],
    firstStory: story,
    lastStory: story,
  };
}

function seenAgain(lesson: Lesson, finding: Finding, at: string, story: number): Lesson {
  const seen = `${finding.id}@${at}`;
  if (lesson.seenIn?.includes(seen) === true) return lesson;
  return {
    ...lesson,
    occurrences: lesson.occurrences + 1,
    lastSeen: at > lesson.lastSeen ? at : lesson.lastSeen,
    status: lesson.status === 'dormant' ? 'approved' : lesson.status,
    seenIn: [...(lesson.seenIn ?? []), seen].slice(-SEEN_KEPT),
    lastStory: story,
  };
}

/** One that nobody counted stories for begins to be counted now. */
function rest(lesson: Lesson, story: number): Lesson {
  const { lastStory = story, status } = lesson;
  const isOver = status === 'approved' && story - lastStory >= DORMANT_AFTER_STORIES;
  return { ...lesson, lastStory, ...(isOver ? { status: 'dormant' as const } : {}) };
}

function identity(lesson: Pick<Lesson, 'category' | 'pattern'>): string {
  return `${lesson.category}\n${oneLine(lesson.pattern).toLowerCase()}`;
}

function wordsOf(pattern: string): ReadonlySet<string> {
  return readReport(pattern.replace(/`[^`]*`/g, ' ')).words;
}
