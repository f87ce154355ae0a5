/**
 * What shows that an acceptance criterion holds: a test of its cases that ran and passed, a command or a screenshot that
 * the branch names and that was run, or a person's word. Pure. What holds without the story's change as well shows
 * nothing of it; what an engine or a model says shows nothing at all.
 */
import { z } from 'zod';
import { artifactRefSchema } from './artifact.js';
import type { GateVerdict } from './gate.js';
import type { Story } from './story.js';
import type { TestCase } from './test-case.js';

export const caseResultSchema = z.strictObject({
  /** Case id. */
  case: z.string(),
  /** File of its test. */
  file: z.string(),
  /** Name of its test in the run's report; empty when it is not there. */
  test: z.string(),
  outcome: z.enum(['passed', 'failed', 'skipped', 'not_run']),
  flaky: z.boolean(),
  /** The same test with the story's change taken out; absent: it was not tried. */
  withoutChange: z.enum(['fails', 'passes']).optional(),
});
export type CaseResult = z.infer<typeof caseResultSchema>;

export const demonstrationResultSchema = z.strictObject({
  criterion: z.string(),
  kind: z.enum(['command', 'screenshot']),
  command: z.string(),
  holds: z.boolean(),
  /** Why it does not hold, or what was seen. */
  seen: z.string(),
  withoutChange: z.enum(['fails', 'passes']).optional(),
  artifacts: z.array(artifactRefSchema),
});
export type DemonstrationResult = z.infer<typeof demonstrationResultSchema>;

/** A person says that a criterion holds. */
export interface Confirmation {
  readonly criterion: string;
  readonly by: string;
  readonly at: string;
  readonly reason: string;
  /** The head that the story stood on then. */
  readonly headSha: string;
}

export interface ShownCriterion {
  readonly id: string;
  readonly text: string;
  readonly shown: boolean;
  /** One sentence per thing that was tried. */
  readonly why: readonly string[];
  readonly tests: readonly CaseResult[];
  readonly demonstrations: readonly DemonstrationResult[];
  readonly confirmation?: Confirmation;
}

export interface CriteriaMaterial {
  readonly story: Pick<Story, 'key' | 'acceptanceCriteria'>;
  readonly cases: readonly TestCase[];
  readonly results: readonly CaseResult[];
  readonly demonstrations: readonly DemonstrationResult[];
  readonly confirmations: readonly Confirmation[];
}

export function showCriteria(material: CriteriaMaterial): ShownCriterion[] {
  return material.story.acceptanceCriteria.map(({ id, text }) => {
    const ids = material.cases.filter(({ storyLink }) => storyLink.endsWith(`#${id}`)).map((each) => each.id);
    const tests = material.results.filter((result) => ids.includes(result.case));
    const demonstrations = material.demonstrations.filter(({ criterion }) => criterion === id);
    const confirmation = material.confirmations.filter(({ criterion }) => criterion === id).at(-1);
    const missing = ids.filter((each) => !tests.some((result) => result.case === each));
    return {
      id,
      text,
      shown: confirmation !== undefined || tests.some(showsByTest) || demonstrations.some(showsByRun),
      why: [
        ...tests.map(tellTest),
        ...missing.map((each) => `${each} has no test`),
        ...demonstrations.map(tellDemonstration),
        ...(confirmation === undefined ? [] : [`${confirmation.by} says so: ${confirmation.reason}`]),
      ],
      tests,
      demonstrations,
      ...(confirmation === undefined ? {} : { confirmation }),
    };
  });
}

function showsByTest({ outcome, flaky, withoutChange }: CaseResult): boolean {
  return outcome === 'passed' && !flaky && withoutChange !== 'passes';
}

function showsByRun({ holds, withoutChange }: DemonstrationResult): boolean {
  return holds && withoutChange !== 'passes';
}

function tellTest({ case: id, outcome, flaky, withoutChange }: CaseResult): string {
  if (outcome === 'not_run') return `the test of ${id} is not among those that ran`;
  if (outcome !== 'passed') return `the test of ${id} ${outcome === 'failed' ? 'failed' : 'was skipped'}`;
  if (flaky) return `the test of ${id} is flaky`;
  if (withoutChange === 'passes') return `the test of ${id} passes without the change as well`;
  return `the test of ${id} passes${withoutChange === 'fails' ? ', and fails without the change' : ''}`;
}

function tellDemonstration({ kind, command, holds, seen, withoutChange }: DemonstrationResult): string {
  if (!holds) return `the ${kind} "${command}" does not show it: ${seen}`;
  if (withoutChange === 'passes') return `the ${kind} "${command}" shows the same without the change`;
  return `the ${kind} "${command}" shows it: ${seen}`;
}

/** Part of step 11's gate: every case's test ran and is steady, and every criterion is shown. */
export function criteriaGate(criteria: readonly ShownCriterion[], results: readonly CaseResult[]): GateVerdict {
  const reasons = [
    ...results.filter(({ outcome, flaky }) => outcome === 'not_run' || outcome === 'skipped' || flaky).map(tellTest),
    ...criteria
      .filter(({ shown }) => !shown)
      .map(({ id, why }) => `nothing shows that ${id} holds (${why.join('; ') || 'it has no case'})`),
  ];
  return { passed: reasons.length === 0, reasons };
}
