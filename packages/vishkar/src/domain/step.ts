/**
 * The registry of the 17 steps: number, id, phase and what each is for. Workflow, CLI and dashboard all read it;
 * nothing else in the product says how many steps there are or in which order they come.
 */
export const PHASES = ['intake', 'build', 'review', 'gate', 'test', 'deliver', 'approval', 'closure'] as const;
export type Phase = (typeof PHASES)[number];

export const STEP_IDS = [
  'select',
  'implement',
  'review.architecture',
  'review.security',
  'review.quality',
  'review.techstack',
  'feedback',
  'verify',
  'test.design',
  'test.implement',
  'test.execute',
  'pr.create',
  'pr.review',
  'pr.feedback',
  'ci',
  'approve',
  'close',
] as const;
export type StepId = (typeof STEP_IDS)[number];

export interface StepDefinition {
  /** 1 to 17. */
  readonly number: number;
  readonly id: StepId;
  readonly phase: Phase;
  readonly title: string;
  /** Steps whose evidence must be there before this one may start; the four reviews start together after 2. */
  readonly after: readonly StepId[];
}

const REVIEWS = ['review.architecture', 'review.security', 'review.quality', 'review.techstack'] as const;

const define = (number: number, id: StepId, phase: Phase, title: string, after: readonly StepId[]): StepDefinition =>
  Object.freeze({ number, id, phase, title, after });

export const STEPS: readonly StepDefinition[] = Object.freeze([
  define(1, 'select', 'intake', 'Task selection', []),
  define(2, 'implement', 'build', 'Implementation', ['select']),
  define(3, 'review.architecture', 'review', 'Architecture review', ['implement']),
  define(4, 'review.security', 'review', 'Security review', ['implement']),
  define(5, 'review.quality', 'review', 'Code quality review', ['implement']),
  define(6, 'review.techstack', 'review', 'Tech-stack review', ['implement']),
  define(7, 'feedback', 'gate', 'Feedback', REVIEWS),
  define(8, 'verify', 'test', 'Verification', ['feedback']),
  define(9, 'test.design', 'test', 'Test cases', ['verify']),
  define(10, 'test.implement', 'test', 'Implement tests', ['test.design']),
  define(11, 'test.execute', 'test', 'Execute tests', ['test.implement']),
  define(12, 'pr.create', 'deliver', 'Create pull request', ['test.execute']),
  define(13, 'pr.review', 'deliver', 'PR review', ['pr.create']),
  define(14, 'pr.feedback', 'deliver', 'PR feedback', ['pr.review']),
  define(15, 'ci', 'deliver', 'CI', ['pr.feedback']),
  define(16, 'approve', 'approval', 'Human approval', ['ci']),
  define(17, 'close', 'closure', 'Closure', ['approve']),
]);

const byId = new Map(STEPS.map((step) => [step.id, step]));

export function stepOf(id: StepId): StepDefinition {
  const step = byId.get(id);
  if (!step) throw new Error(`no step has the id ${id}`);
  return step;
}

/** The steps that must leave evidence first and have not; empty means that `id` may start. */
export function missingBefore(id: StepId, hasEvidence: (id: StepId) => boolean): readonly StepId[] {
  return stepOf(id).after.filter((earlier) => !hasEvidence(earlier));
}
