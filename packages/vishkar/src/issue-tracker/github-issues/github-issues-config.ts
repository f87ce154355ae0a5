/** Which issues of a GitHub repository are stories, and by which labels their states and priorities are told. */
import { z } from 'zod';

const label = z.string().min(1).max(50);

export const githubIssuesSchema = z.strictObject({
  /** Repository of the issues. Default: that of the source host. */
  owner: z.string().min(1).optional(),
  repo: z.string().min(1).optional(),
  /** Issues with it are stories. Who may set labels decides what is worked on; anybody may open an issue. */
  label: label.default('vishkar'),
  /** Issue 12 is the story `<keyPrefix>-12`. */
  keyPrefix: z
    .string()
    .regex(/^[A-Z][A-Z0-9_]*$/, 'a key prefix has capital letters, digits and "_"')
    .default('GH'),
  /** Labels of states of an open issue; one with none of them is to do. */
  statuses: z
    .strictObject({
      in_progress: label.default('in progress'),
      in_review: label.default('in review'),
      blocked: label.default('blocked'),
    })
    .prefault({}),
  /** Labels of priorities; an issue with none of them has "medium". */
  priorities: z
    .strictObject({
      highest: label.default('priority: highest'),
      high: label.default('priority: high'),
      low: label.default('priority: low'),
      lowest: label.default('priority: lowest'),
    })
    .prefault({}),
});

export type GithubIssuesConfig = z.infer<typeof githubIssuesSchema>;
