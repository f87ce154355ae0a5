/**
 * From configuration to an engine: the only place that knows them all. What a project writes is checked here; secrets
 * are named by variable, never written. Without configuration the environment's own settings for Goose, OpenAI and
 * Anthropic are taken.
 */
import { resolve } from 'node:path';
import { z } from 'zod';
import { AcpEngine } from './acp/acp-engine.js';
import { gooseProfile } from './acp/goose-profile.js';
import type { CodingEngine } from './coding-engine.js';
import { CommandEngine } from './command-engine.js';
import { MeteredModelAccess } from './metering/metered-model-access.js';
import { DirectModelAccess } from './model-access.js';
import { RecordedEngine } from './recorded/recorded-engine.js';

const variableName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'the name of an environment variable');

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
};

const dollars = z.number().nonnegative();

const gooseSchema = z.strictObject({
  engine: z.literal('goose'),
  provider: z.string().min(1),
  model: z.string().min(1),
  /** Base address of the model's API, without a path. */
  host: z.url().optional(),
  /** Variable that holds the key. Default: `<PROVIDER>_API_KEY`, when it is set. */
  apiKeyEnv: variableName.optional(),
  /** US dollars per million tokens; with it evidence tells the cost. */
  price: z.strictObject({ inputUsdPerMillion: dollars, outputUsdPerMillion: dollars }).optional(),
  /** Ends a turn that used so much; `usd` needs a price. Default: no budget. */
  budget: z.strictObject({ tokens: z.number().int().positive().optional(), usd: dollars.optional() }).optional(),
  ...limits,
});

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

const recordedSchema = z.strictObject({
  engine: z.literal('recorded'),
  /** Folder with `recording.json`; relative to the repository. */
  recording: z.string().min(1),
  editDelayMs: z.number().int().nonnegative().optional(),
});

export const engineConfigSchema = z.discriminatedUnion('engine', [gooseSchema, commandSchema, recordedSchema]);
/** As code uses it: defaults filled in. */
export type EngineConfig = z.output<typeof engineConfigSchema>;
/** As a person writes it. */
export type EngineConfigInput = z.input<typeof engineConfigSchema>;

export interface CreateEngineContext {
  /** Absolute path of the user's repository: relative paths in the configuration start there. */
  readonly repository: string;
  /** Where keys are looked up, and what the allow-list chooses from. */
  readonly environment: NodeJS.ProcessEnv;
}

export function createEngine(config: EngineConfig, { repository, environment }: CreateEngineContext): CodingEngine {
  switch (config.engine) {
    case 'goose': {
      const { provider, model, host, apiKeyEnv, price, budget, timeoutMs, idleTimeoutMs } = config;
      const direct = new DirectModelAccess({
        provider,
        model,
        environment,
        ...(host === undefined ? {} : { host }),
        ...(apiKeyEnv === undefined ? {} : { apiKeyEnv }),
      });
      const access = new MeteredModelAccess(direct, { price, budget });
      return new AcpEngine({ profile: gooseProfile, access, environment, timeoutMs, idleTimeoutMs });
    }
    case 'command': {
      const { argv, promptBy, model, version, passEnvironment, timeoutMs, idleTimeoutMs } = config;
      return new CommandEngine({
        argv,
        promptBy,
        environment,
        passEnvironment,
        timeoutMs,
        idleTimeoutMs,
        ...(model === undefined ? {} : { model }),
        ...(version === undefined ? {} : { version }),
      });
    }
    case 'recorded':
      return new RecordedEngine({
        folder: resolve(repository, config.recording),
        ...(config.editDelayMs === undefined ? {} : { editDelayMs: config.editDelayMs }),
      });
    default:
      throw new Error(`unknown engine ${String(config satisfies never)}`);
  }
}

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
