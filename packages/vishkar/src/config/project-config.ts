/**
 * What a project can configure, in `vishkar.config.{json,mjs,ts}`. Everything has a default except the engine;
 * unknown fields are refused by name. Secrets are never written here: configuration names the environment variable that holds one.
 */
import { z } from 'zod';
import { engineConfigSchema, enginesByKindSchema } from '../engines/engine-config.js';
import { githubIssuesSchema } from '../issue-tracker/github-issues/github-issues-config.js';
import { jiraConfigSchema } from '../issue-tracker/jira/jira-config.js';
import { storyOptionsSchema } from '../domain/story-input.js';
import { reviewConfigSchema } from '../review/review-config.js';
import { githubFields } from '../source-host/github/github-config.js';
import { commandsConfigSchema } from '../test-runs/commands-config.js';
import { webhooksConfigSchema } from './webhooks-config.js';

export const projectConfigSchema = z
  .strictObject({
    /** Name in messages and, on a shared Temporal service, in workflow ids. Default: the repository folder's name. */
    project: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/, 'a project name has letters, digits, ".", "_" and "-"')
      .optional(),
    /** Branch that stories start from. Default: the remote's default branch. */
    baseBranch: z.string().min(1).optional(),
    tracker: z
      .strictObject({
        kind: z.enum(['markdown', 'jira', 'github']).default('markdown'),
        folder: z.string().min(1).default('.vishkar/backlog'),
        jira: jiraConfigSchema.optional(),
        github: githubIssuesSchema.optional(),
      })
      .refine(({ kind, jira }) => kind !== 'jira' || jira !== undefined, {
        path: ['jira'],
        message: 'a tracker of the kind "jira" needs its settings (docs/jira.md)',
      })
      .prefault({}),
    sourceHost: z
      .strictObject({
        kind: z.enum(['local-git', 'github']).default('local-git'),
        /** Name of a git remote whose URL is a path, or a path to a bare repository. Default `origin`. */
        remote: z.string().min(1).default('origin'),
        ...githubFields,
      })
      .superRefine(({ kind, owner, repo }, context) => {
        for (const [name, value] of Object.entries({ owner, repo })) {
          if (kind === 'github' && value === undefined)
            context.addIssue({
              code: 'custom',
              path: [name],
              message: 'a repository on GitHub needs it (docs/github.md)',
            });
          if (kind !== 'github' && value !== undefined)
            context.addIssue({
              code: 'custom',
              path: [name],
              message: 'only a sourceHost of the kind "github" has it',
            });
        }
      })
      .prefault({}),
    engine: engineConfigSchema.optional(),
    /** By kind of task (`implement`, `fix-tests`, ...); the others are done by `engine`. */
    engines: enginesByKindSchema.default({}),
    review: reviewConfigSchema.prefault({}),
    context: z
      .strictObject({
        /** Of code that an engine is shown with the prompts of steps 2 and 10, beside the list of files; 0 for none. Default 4,000. */
        tokens: z.number().int().min(0).max(50_000).default(4_000),
      })
      .prefault({}),
    /** Commands that replace the detected ones. */
    commands: commandsConfigSchema.prefault({}),
    /** Gates, rounds, approval and timeouts of a story. */
    story: storyOptionsSchema.prefault({}),
    /** Received by `vishkar serve`. Default: none; stories look by themselves. */
    webhooks: webhooksConfigSchema.optional(),
    temporal: z
      .strictObject({
        /** Default: `vishkar-sdlc`; on a Temporal service of your own `vishkar-sdlc-<project>`, since each project has its own workers. */
        taskQueue: z.string().min(1).optional(),
      })
      .prefault({}),
  })
  .superRefine(({ tracker, sourceHost, webhooks }, context) => {
    if (webhooks?.github !== undefined && sourceHost.kind !== 'github')
      context.addIssue({
        code: 'custom',
        path: ['webhooks', 'github'],
        message: 'only a sourceHost of the kind "github" has webhooks of GitHub',
      });
    if (webhooks?.jira !== undefined && tracker.kind !== 'jira')
      context.addIssue({
        code: 'custom',
        path: ['webhooks', 'jira'],
        message: 'only a tracker of the kind "jira" has webhooks of Jira',
      });
    if (tracker.kind !== 'github') return;
    for (const name of ['owner', 'repo'] as const)
      if ((tracker.github?.[name] ?? sourceHost[name]) === undefined)
        context.addIssue({
          code: 'custom',
          path: ['tracker', 'github', name],
          message: 'issues on GitHub need a repository where the source host has none (docs/github.md)',
        });
  });

export type ProjectConfig = z.infer<typeof projectConfigSchema>;
