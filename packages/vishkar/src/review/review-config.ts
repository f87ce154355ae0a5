/** What a project writes about its reviews. */
import { z } from 'zod';

export const reviewConfigSchema = z.strictObject({
  /** Turns of discussion at most. Default 3. */
  maxTurns: z.number().int().min(0).max(10).default(3),
  /** Models that join each panel, as LangChain names them: `anthropic:claude-sonnet-4-5`, `openai:gpt-4.1`, `ollama:...`. Default none. */
  models: z.array(z.string().regex(/^[a-z][a-z0-9_-]*:.+$/, 'a model is named provider:model')).default([]),
});

export type ReviewConfig = z.output<typeof reviewConfigSchema>;
