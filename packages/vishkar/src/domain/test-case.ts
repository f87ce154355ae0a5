/** The designed test cases of a story (`tests/cases/<key>.json`), steps 9 and 10. */
import { z } from 'zod';

export const testCaseSchema = z.strictObject({
  id: z.string().regex(/^TC-[A-Za-z][A-Za-z0-9_]*-[0-9]+-[0-9]{3}$/),
  title: z.string().min(1),
  description: z.string(),
  kind: z.enum(['positive', 'negative', 'edge']),
  type: z.enum(['unit', 'integration', 'e2e']),
  priority: z.enum(['high', 'medium', 'low']),
  preconditions: z.array(z.string()),
  steps: z.array(z.strictObject({ action: z.string().min(1), expected: z.string().min(1), data: z.string() })).min(1),
  /** The acceptance criterion it shows, `<KEY>#AC-n`, or the story itself. */
  storyLink: z.string().min(1),
  automation: z.strictObject({
    status: z.enum(['planned', 'implemented']),
    /** File of the test that automates it, empty while planned. */
    path: z.string(),
  }),
});

export type TestCase = z.infer<typeof testCaseSchema>;

export const testCasesFileSchema = z.strictObject({
  schemaVersion: z.literal(1),
  story: z.string(),
  cases: z.array(testCaseSchema).min(1),
});

export type TestCasesFile = z.infer<typeof testCasesFileSchema>;
