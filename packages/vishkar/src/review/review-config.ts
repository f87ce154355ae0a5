/** What a project writes about its reviews. */
import { z } from 'zod';
import { ANGLES, SEVERITIES } from '../domain/finding.js';

const angleSchema = z.enum(ANGLES);

const sarifToolSchema = z.strictObject({
  /** As it is named in findings. */
  name: z.string().regex(/^[a-z][a-z0-9-]*$/, 'a tool is named in small letters, digits and "-"'),
  /** Panel that it sits on. Default `quality`. */
  angle: angleSchema.default('quality'),
  /** Program and arguments, run in a copy of the head; `{report}` is the file for the report, else what is printed is the report. */
  command: z.tuple([z.string().min(1)], z.string()),
  /** Exit codes with which the report is whole; many tools end with 1 when they found something. Default 0 and 1. */
  exitCodes: z.array(z.number().int().nonnegative()).min(1).default([0, 1]),
  /** The gravest that a result of it may be. Default `high`. */
  atMost: z.enum(SEVERITIES).default('high'),
});

const stackSchema = z.strictObject({
  name: z.string().min(1),
  /** Globs of changed files that bring it to the panel. */
  files: z.array(z.string().min(1)).min(1),
  /** What is to be looked for, a sentence or two. */
  focus: z.string().min(1).max(2_000),
});
export type TechStack = z.output<typeof stackSchema>;

export const reviewConfigSchema = z.strictObject({
  /** Turns of discussion at most. Default 3. */
  maxTurns: z.number().int().min(0).max(10).default(3),
  /** Models that join each panel, as LangChain names them: `anthropic:claude-sonnet-4-5`, `openai:gpt-4.1`, `ollama:...`. Default none. */
  models: z.array(z.string().regex(/^[a-z][a-z0-9_-]*:.+$/, 'a model is named provider:model')).default([]),
  /** Tokens that the models of one panel may use in one review, all turns together. Default: no limit. */
  maxTokensPerPanel: z.number().int().positive().optional(),
  /** What a model costs, by its name in `models`; then the cost of a panel is known, and counts in budgets of money. */
  prices: z
    .record(
      z.string(),
      z.strictObject({ inputUsdPerMillion: z.number().nonnegative(), outputUsdPerMillion: z.number().nonnegative() }),
    )
    .default({}),
  /** Files in the repository that say what a panel's models look for, in place of our own words; read at the base of a change. */
  prompts: z.partialRecord(angleSchema, z.string().min(1)).default({}),
  /** Further stacks for the tech-stack panel, before ours; one of the same name takes its place. */
  stacks: z.array(stackSchema).default([]),
  /** Programs that report in SARIF, as further analyzers. */
  sarif: z.array(sarifToolSchema).default([]),
});

export type ReviewConfig = z.output<typeof reviewConfigSchema>;
