/**
 * From configuration to an engine: the only place that knows them all.
 */
import { resolve } from 'node:path';
import { AcpEngine } from './acp/acp-engine.js';
import { acpProfiles } from './acp/acp-profiles.js';
import { AiderEngine } from './aider/aider-engine.js';
import type { CodingEngine } from './coding-engine.js';
import { CommandEngine } from './command-engine.js';
import type { EngineConfig } from './engine-config.js';
import { MeteredModelAccess } from './metering/metered-model-access.js';
import { DirectModelAccess } from './model-access.js';
import { RecordedEngine } from './recorded/recorded-engine.js';

export interface CreateEngineContext {
  /** Absolute path of the user's repository: relative paths in the configuration start there. */
  readonly repository: string;
  /** Where keys are looked up, and what the allow-list chooses from. */
  readonly environment: NodeJS.ProcessEnv;
}

export function createEngine(config: EngineConfig, { repository, environment }: CreateEngineContext): CodingEngine {
  switch (config.engine) {
    case 'goose':
    case 'codex':
    case 'opencode':
    case 'qwen':
    case 'gemini':
    case 'claude':
    case 'openhands': {
      const { engine, provider, model, host, apiKeyEnv, price, budget, timeoutMs, idleTimeoutMs } = config;
      const direct = new DirectModelAccess({
        provider,
        model,
        environment,
        ...(host === undefined ? {} : { host }),
        ...(apiKeyEnv === undefined ? {} : { apiKeyEnv }),
      });
      const access = new MeteredModelAccess(direct, { price, budget });
      return new AcpEngine({ profile: acpProfiles[engine], access, environment, timeoutMs, idleTimeoutMs });
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
    case 'aider': {
      const { provider, model, host, apiKeyEnv, price, budget, ...options } = config;
      const direct = new DirectModelAccess({
        provider,
        model,
        environment,
        ...(host === undefined ? {} : { host }),
        ...(apiKeyEnv === undefined ? {} : { apiKeyEnv }),
      });
      return new AiderEngine({ ...options, access: new MeteredModelAccess(direct, { price, budget }), environment });
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
