/** `lessons`: what reviews taught, in the checkout's `.reviews/lessons.json`; a person approves or retires one, and commits the file. */
import { openProject } from '../../config/project.js';
import { VishkarError } from '../../errors.js';
import { byFrequency, effectOf, lessonId } from '../../lessons/lesson.js';
import type { Effect, Lesson } from '../../lessons/lesson.js';
import { LessonStore } from '../../lessons/lesson-store.js';
import type { CommandContext } from '../command-context.js';
import { EXIT } from '../exit-codes.js';

const DECISIONS = { approve: 'approved', retire: 'retired' } as const;

export async function lessonsCommand(
  { repository: folder, output }: CommandContext,
  action: string | undefined,
  { id }: { readonly id?: string },
): Promise<number> {
  const { repository } = await openProject(folder);
  const store = new LessonStore();
  if (action === 'list' && id === undefined) {
    const { lessons, stories } = await store.read(repository);
    const told = [...lessons]
      .sort(byFrequency)
      .map((lesson) => ({ id: lessonId(lesson), ...lesson, effect: effectOf(lesson, stories) }));
    output.result(told.length === 0 ? ['no lesson yet'] : told.map(lineOf), { stories, lessons: told });
    return EXIT.ok;
  }
  if ((action !== 'approve' && action !== 'retire') || id === undefined)
    throw new VishkarError('USAGE', `"vishkar lessons ${action ?? ''}" is nothing that can be done.`, {
      hint: '"vishkar lessons list" shows them; "vishkar lessons approve <id>" and "vishkar lessons retire <id>" decide.',
    });
  const lesson = await store.setStatus(repository, id, DECISIONS[action]);
  output.result(
    [
      `${id} is ${lesson.status}: ${lesson.pattern}`,
      'commit .reviews/lessons.json: it holds for stories that start from there',
    ],
    { id, ...lesson },
  );
  return EXIT.ok;
}

function lineOf(lesson: Lesson & { readonly id: string; readonly effect: Effect | undefined }): string {
  const { id, status, occurrences, category, pattern, effect } = lesson;
  return `${id} ${status.padEnd(9)} ${String(occurrences).padStart(3)}x ${category}: ${pattern}${effect === undefined ? '' : ` (${told(effect)})`}`;
}

/** In findings per ten stories. */
function told({ before, after }: Effect): string {
  const rate = (value: number | undefined) => (value === undefined ? 'unknown' : value.toFixed(1));
  return `findings in ten stories: ${rate(before)} before it was approved, ${rate(after)} since`;
}
