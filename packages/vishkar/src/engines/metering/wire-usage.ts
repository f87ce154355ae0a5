/**
 * What a call to a model used, read off the wire: from a whole answer, or event by event from a stream. One reader per
 * wire that engines speak; which one it is, the path of the request says. The fields are those of the providers' own
 * API references; a number that does not come is unknown, never zero.
 */
import { z } from 'zod';

export interface CallUsage {
  readonly inputTokens?: number;
  readonly outputTokens?: number;
}

/** Takes the usage that one JSON value of an answer states into what was read before; the value may be anything. */
export type UsageReader = (before: CallUsage, value: unknown) => CallUsage;

const count = z.number().int().nonnegative().nullish().catch(undefined);

const chatSchema = z.object({ usage: z.object({ prompt_tokens: count, completion_tokens: count }) });

const responsesUsage = z.object({ input_tokens: count, output_tokens: count });
const responsesSchema = z.union([
  z.object({ response: z.object({ usage: responsesUsage }) }).transform(({ response }) => response.usage),
  z.object({ usage: responsesUsage }).transform(({ usage }) => usage),
]);

const anthropicUsage = z.object({
  input_tokens: count,
  output_tokens: count,
  // Counted beside `input_tokens`, not in it.
  cache_creation_input_tokens: count,
  cache_read_input_tokens: count,
});
const anthropicSchema = z.union([
  z.object({ message: z.object({ usage: anthropicUsage }) }).transform(({ message }) => message.usage),
  z.object({ usage: anthropicUsage }).transform(({ usage }) => usage),
]);

const geminiSchema = z.object({
  usageMetadata: z.object({
    promptTokenCount: count,
    toolUsePromptTokenCount: count,
    candidatesTokenCount: count,
    thoughtsTokenCount: count,
  }),
});

/** Numbers of a stream are running totals on every wire: the last one stands. */
const chat: UsageReader = (before, value) => {
  const parsed = chatSchema.safeParse(value);
  return parsed.success ? last(before, parsed.data.usage.prompt_tokens, parsed.data.usage.completion_tokens) : before;
};

const responses: UsageReader = (before, value) => {
  const parsed = responsesSchema.safeParse(value);
  return parsed.success ? last(before, parsed.data.input_tokens, parsed.data.output_tokens) : before;
};

const anthropic: UsageReader = (before, value) => {
  const parsed = anthropicSchema.safeParse(value);
  if (!parsed.success) return before;
  const { input_tokens, output_tokens, cache_creation_input_tokens, cache_read_input_tokens } = parsed.data;
  return last(before, sum(input_tokens, cache_creation_input_tokens, cache_read_input_tokens), output_tokens);
};

const gemini: UsageReader = (before, value) => {
  const parsed = geminiSchema.safeParse(value);
  if (!parsed.success) return before;
  const { promptTokenCount, toolUsePromptTokenCount, candidatesTokenCount, thoughtsTokenCount } =
    parsed.data.usageMetadata;
  return last(before, sum(promptTokenCount, toolUsePromptTokenCount), sum(candidatesTokenCount, thoughtsTokenCount));
};

type Count = number | null | undefined;

function last(before: CallUsage, inputTokens: Count, outputTokens: Count): CallUsage {
  return {
    ...before,
    ...(inputTokens === undefined || inputTokens === null ? {} : { inputTokens }),
    ...(outputTokens === undefined || outputTokens === null ? {} : { outputTokens }),
  };
}

/** Undefined when none of the parts is known. */
function sum(...parts: readonly Count[]): number | undefined {
  const known = parts.filter((part): part is number => typeof part === 'number');
  return known.length === 0 ? undefined : known.reduce((total, part) => total + part, 0);
}

const READERS: readonly (readonly [RegExp, UsageReader])[] = [
  [/\/chat\/completions$/, chat],
  [/\/responses$/, responses],
  [/\/messages$/, anthropic],
  [/:(?:stream)?[gG]enerateContent$/, gemini],
];

/** The reader for calls to `path` (without its query); undefined for paths that use no tokens, such as lists of models. */
export function usageReaderFor(path: string): UsageReader | undefined {
  return READERS.find(([pattern]) => pattern.test(path))?.[1];
}

/**
 * The body of a request as it is passed on: the OpenAI chat wire tells the usage of a stream only when it is asked to.
 * Anything else is left as it is.
 */
export function askForUsage(path: string, body: Buffer): Buffer {
  if (!path.endsWith('/chat/completions')) return body;
  const parsed = streamedChatSchema.safeParse(parseJson(body.toString('utf8')));
  if (!parsed.success || parsed.data.stream_options?.['include_usage'] === true) return body;
  const asked = { ...parsed.data, stream_options: { ...parsed.data.stream_options, include_usage: true } };
  return Buffer.from(JSON.stringify(asked), 'utf8');
}

const streamedChatSchema = z.looseObject({
  stream: z.literal(true),
  stream_options: z.record(z.string(), z.unknown()).nullish(),
});

/** Undefined when it is not JSON: an answer of a provider is not ours to refuse. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Such as `[DONE]`, the end of an OpenAI stream.
    return undefined;
  }
}
