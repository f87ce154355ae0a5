/**
 * What a project writes about its engine, and what the environment says of one. Secrets are named by variable, never written.
 * No engine is loaded for it: commands that only look read it too.
 */
import { z } from 'zod';
import { parseAllowedHost } from '../processes/allowed-hosts.js';
import { ISOLATION_LEVELS } from '../processes/isolation.js';
import { permissionRuleSchema } from './acp/permission-rule.js';
import { providerApi } from './provider-api.js';
import type { ProviderWire } from './provider-api.js';
import { ENGINE_TASK_KINDS } from './coding-engine.js';

const variableName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'the name of an environment variable');

const allowedHostSchema = z.string().superRefine((text, context) => {
  try {
    parseAllowedHost(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
  }
});

/** A level by its name, or with the hosts that are reached from its sandbox. */
const isolationSchema = z
  .union([
    z.enum(ISOLATION_LEVELS).transform((level) => ({ level, allowHosts: [] as readonly string[] })),
    z.strictObject({ level: z.enum(ISOLATION_LEVELS), allowHosts: z.array(allowedHostSchema).readonly().default([]) }),
  ])
  .refine(({ level, allowHosts }) => level !== 'worktree' || allowHosts.length === 0, {
    path: ['allowHosts'],
    message: 'the level "worktree" leaves the network open; a list of hosts needs "bubblewrap"',
  })
  .default({ level: 'worktree', allowHosts: [] });
export type IsolationConfig = z.output<typeof isolationSchema>;

const limits = {
  /** Ends a turn, in milliseconds. */
  timeoutMs: z
    .number()
    .int()
    .positive()
    .default(45 * 60_000),
  /** Ends a turn in which nothing was heard of the engine for so long. */
  idleTimeoutMs: z
    .number()
    .int()
    .positive()
    .default(10 * 60_000),
  /** How far its process is kept from the rest of this host. */
  isolation: isolationSchema,
};

const dollars = z.number().nonnegative();

/** What every engine with a model is told; `provider` is one that it can use. */
const modelSchema = <Engine extends string, Provider extends z.ZodType<string>>(engine: Engine, provider: Provider) =>
  z.strictObject({
    engine: z.literal(engine),
    provider,
    model: z.string().min(1),
    /** Base address of the model's API, without the `/v1` of its calls. */
    host: z.url({ protocol: /^https?$/ }).optional(),
    /** Variable that holds the key. Default: `<PROVIDER>_API_KEY`, when it is set. */
    apiKeyEnv: variableName.optional(),
    /** US dollars per million tokens; with it evidence tells the cost. */
    price: z.strictObject({ inputUsdPerMillion: dollars, outputUsdPerMillion: dollars }).optional(),
    /** Ends a turn that used so much; `usd` needs a price. Default: no budget. */
    budget: z.strictObject({ tokens: z.number().int().positive().optional(), usd: dollars.optional() }).optional(),
    ...limits,
  });

const acpSchema = <Engine extends string, Provider extends z.ZodType<string>>(engine: Engine, provider: Provider) =>
  modelSchema(engine, provider).extend({
    /** For what the agent asks; the first that fits. */
    permissions: z.array(permissionRuleSchema).default([]),
  });

/** Dollars can only be counted where a token has a price. */
const isPriced = ({ price, budget }: { price?: unknown; budget?: { usd?: number | undefined } | undefined }) =>
  budget?.usd === undefined || price !== undefined;
const PRICE_NEEDED = { path: ['price'], message: 'a budget in US dollars needs the price of the model' };

/** An engine without a list of providers of its own: it has to be told where one is, and speaks only some protocols. */
function pointedAtProvider<Engine extends string>(engine: Engine, usual: string, wires: readonly ProviderWire[]) {
  return acpSchema(engine, z.string().min(1).default(usual))
    .superRefine(({ provider, host }, context) => {
      const api = providerApi(provider);
      if (!wires.includes(api.wire)) {
        const message = `${engine} does not speak the protocol of ${provider}; it speaks that of ${wires.join(', ')}`;
        context.addIssue({ code: 'custom', path: ['provider'], message });
      }
      if (host === undefined && api.host === undefined) {
        const message = `where ${provider} is has to be said: the base address of its API`;
        context.addIssue({ code: 'custom', path: ['host'], message });
      }
    })
    .refine(isPriced, PRICE_NEEDED);
}

const acpSchemas = [
  acpSchema('goose', z.string().min(1)).refine(isPriced, PRICE_NEEDED),
  pointedAtProvider('codex', 'openai', ['openai']),
  pointedAtProvider('opencode', 'openai', ['openai', 'anthropic', 'google']),
  pointedAtProvider('qwen', 'openai', ['openai', 'anthropic']),
  pointedAtProvider('gemini', 'google', ['google']),
  pointedAtProvider('claude', 'anthropic', ['anthropic']),
  pointedAtProvider('openhands', 'openai', ['openai', 'anthropic', 'google']),
] as const;

const commandSchema = z.strictObject({
  engine: z.literal('command'),
  /** Program and arguments; `{promptFile}`, `{prompt}`, `{worktree}`, `{output}`, `{home}` are replaced. */
  argv: z.array(z.string()).min(1),
  promptBy: z.enum(['file', 'stdin', 'argument']).default('file'),
  /** Shown in evidence. */
  model: z.string().min(1).optional(),
  version: z.string().min(1).optional(),
  /** Variables that it gets on top of the allow-list (its key, for one). */
  passEnvironment: z.array(variableName).default([]),
  ...limits,
});

const aiderSchema = modelSchema('aider', z.string().min(1).default('openai'))
  .extend({
    /** How the model writes its edits. Default: what Aider takes for the model. */
    editFormat: z.enum(['whole', 'diff', 'diff-fenced', 'udiff']).optional(),
    /** Files up to this size in all are given from the start; of more, those that the task speaks of. */
    contextBytes: z.number().int().nonnegative().default(200_000),
  })
  .refine(({ provider, host }) => host !== undefined || ['openai', 'openrouter'].includes(provider), {
    path: ['host'],
    message: 'Aider talks to its model over the OpenAI chat wire: name the host that serves it',
  })
  .refine(isPriced, PRICE_NEEDED);

const recordedSchema = z.strictObject({
  engine: z.literal('recorded'),
  /** Folder with `recording.json`; relative to the repository. */
  recording: z.string().min(1),
  editDelayMs: z.number().int().nonnegative().optional(),
});

const singleEngines = [...acpSchemas, commandSchema, aiderSchema, recordedSchema] as const;
const singleEngineSchema = z.discriminatedUnion('engine', singleEngines);

const failoverSchema = z.strictObject({
  engine: z.literal('failover'),
  /** In the order in which they are asked. */
  engines: z.array(singleEngineSchema).min(1),
  /** Runs of one engine before the next is taken, for failures that may pass. */
  attempts: z.number().int().positive().default(3),
});

/** A list of engines is written as it is, or as `{"engine": "failover", "engines": [...]}`. */
export const engineConfigSchema = z.preprocess(
  (value) => (Array.isArray(value) ? { engine: 'failover', engines: value as unknown[] } : value),
  z.discriminatedUnion('engine', [...singleEngines, failoverSchema]),
);

/** Engines for some kinds of task; the others are done by the project's `engine`. */
export const enginesByKindSchema = z.partialRecord(z.enum(ENGINE_TASK_KINDS), engineConfigSchema);
export type EnginesByKind = z.output<typeof enginesByKindSchema>;

/** As code uses it: defaults filled in. */
export type EngineConfig = z.output<typeof engineConfigSchema>;
/** As a person writes it. */
export type EngineConfigInput =
  z.input<typeof singleEngineSchema> | z.input<typeof failoverSchema> | readonly z.input<typeof singleEngineSchema>[];
/** Names of the engines that speak ACP. */
export type AcpEngineName = Exclude<EngineConfig['engine'], 'command' | 'aider' | 'recorded' | 'failover'>;

/** Models that are used when only a provider's key is there. */
const DEFAULT_MODELS: Readonly<Record<string, string>> = { openai: 'gpt-4.1', anthropic: 'claude-sonnet-4-5' };

/**
 * Goose with the provider that the environment names: `GOOSE_PROVIDER` (with `GOOSE_MODEL`), else the one of OpenAI and
 * Anthropic whose key is set. Undefined when the environment names none.
 */
export function engineConfigFromEnvironment(environment: NodeJS.ProcessEnv): EngineConfig | undefined {
  const value = (name: string) => (environment[name] === '' ? undefined : environment[name]);
  const provider =
    value('GOOSE_PROVIDER') ?? Object.keys(DEFAULT_MODELS).find((each) => value(`${each.toUpperCase()}_API_KEY`));
  if (provider === undefined) return undefined;
  const prefix = provider.toUpperCase().replace(/[^A-Z0-9]+/g, '_');
  const model = value('GOOSE_MODEL') ?? value(`${prefix}_MODEL`) ?? DEFAULT_MODELS[provider];
  if (model === undefined) return undefined;
  const host = value(`${prefix}_HOST`);
  return engineConfigSchema.parse({ engine: 'goose', provider, model, ...(host === undefined ? {} : { host }) });
}
