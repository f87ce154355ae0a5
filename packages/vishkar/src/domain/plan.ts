/** The plan of an implementation, as an engine leaves it and a person or the project's policy approves it before code is written. */
import { z } from 'zod';

export const planSchema = z.strictObject({
  /** What will be done, in a few sentences. */
  summary: z.string().min(1).max(4_000),
  /** Files that will be changed or made, each with what for. */
  files: z.array(z.strictObject({ path: z.string().min(1).max(500), why: z.string().max(500) })).max(200),
  risks: z.array(z.string().max(1_000)).max(20).default([]),
  /** What the story leaves open; with one of these a person is asked, whatever the policy. */
  questions: z.array(z.string().min(1).max(1_000)).max(10).default([]),
});
export type Plan = z.infer<typeof planSchema>;

export const planOptionsSchema = z.strictObject({
  /** `person`: always asked. `policy`: only where the plan asks something or touches more than `maxFiles`. Default `person`. */
  approval: z.enum(['person', 'policy']).default('person'),
  /** Default 10. */
  maxFiles: z.number().int().min(1).default(10),
});
export type PlanOptions = z.output<typeof planOptionsSchema>;

/** Why a person has to look, one sentence each; empty when the policy approves. */
export function planObjections({ files, questions }: Plan, { approval, maxFiles }: PlanOptions): readonly string[] {
  if (approval === 'person') return ['every plan is shown to a person'];
  return [
    ...(questions.length === 0 ? [] : ['it leaves something open']),
    ...(files.length > maxFiles ? [`it touches ${String(files.length)} files, more than ${String(maxFiles)}`] : []),
    ...(files.length === 0 ? ['it names no file'] : []),
  ];
}

/** For people and prompts. */
export function planText({ summary, files, risks, questions }: Plan): string {
  const list = (title: string, items: readonly string[]) =>
    items.length === 0 ? [] : [title, ...items.map((item) => `- ${item}`)];
  return [
    summary,
    ...list(
      'Files:',
      files.map(({ path, why }) => (why === '' ? path : `${path}: ${why}`)),
    ),
    ...list('Risks:', risks),
    ...list('Questions:', questions),
  ].join('\n');
}
