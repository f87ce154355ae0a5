/**
 * What becomes of changes that an engine made to protected paths. They are in no commit; a person says whether they come in, once for
 * each turn that brings something new. A path that a person refused is not asked about again in this story.
 */
import type { ActivityInput, EngineWork } from '../domain/activity-contracts.js';
import { heldInWords } from '../domain/protected-paths.js';
import type { DecidedChange, ProtectedPaths } from '../domain/protected-paths.js';
import type { StepId } from '../domain/step.js';
import type { Question } from './story-parking.js';
import type { AnswerMessage } from './story-messages.js';

/** What a decision needs of the story that it is about. */
export interface HeldChangesStory {
  readonly options: { readonly protectedPaths: ProtectedPaths };
  readonly notes: string[];
  protectedChanges: readonly DecidedChange[];
  askPerson(question: Question): Promise<AnswerMessage>;
  /** Commits such a patch and moves the story's head there. */
  allowChanges(step: StepId, allowed: Pick<ActivityInput<'allow_changes'>, 'patch' | 'paths' | 'by'>): Promise<string>;
}

/** The turn's work with what was allowed of it; the story's head moves to that. Throws StoryStopped. */
export async function decideHeldChanges<W extends EngineWork>(
  run: HeldChangesStory,
  step: StepId,
  work: W,
): Promise<W> {
  const { held, heldPatch } = work;
  if (held.length === 0 || heldPatch === undefined) return work;
  const what = heldInWords(held);
  const decide = (decision: DecidedChange['decision'], by: string) => {
    const refused = run.protectedChanges.filter(({ path }) => !held.some((each) => each.path === path));
    run.protectedChanges = [...refused, ...held.map((each) => ({ ...each, decision, by }))];
    const told = `what the engine changed of protected paths was ${decision} by ${by}: ${what}`;
    run.notes.push(`step ${step}: ${told}`);
    return [...work.warnings, told];
  };
  if (run.options.protectedPaths.whenChanged === 'refuse')
    return { ...work, warnings: decide('refused', 'the configuration') };
  const refusal = (path: string) =>
    run.protectedChanges.find((each) => each.path === path && each.decision === 'refused');
  if (held.every(({ path }) => refusal(path) !== undefined))
    return { ...work, warnings: decide('refused', refusal(held[0]?.path ?? '')?.by ?? '') };
  const answer = await run.askPerson({
    step,
    question: `the engine changed what is protected: ${what}. It is in no commit; the change: ${heldPatch.uri}. "allow" commits it, "refuse" goes on without it`,
    options: ['allow', 'refuse', 'abandon'],
  });
  if (answer.choice === 'refuse') return { ...work, warnings: decide('refused', answer.by) };
  const paths = held.map(({ path }) => path);
  const headSha = await run.allowChanges(step, { patch: heldPatch, paths, by: answer.by });
  return {
    ...work,
    outcome: 'edited',
    headSha,
    files: [...new Set([...work.files, ...paths])].sort(),
    commits: [...work.commits, headSha],
    artifacts: [...work.artifacts, heldPatch],
    warnings: decide('allowed', answer.by),
  };
}
