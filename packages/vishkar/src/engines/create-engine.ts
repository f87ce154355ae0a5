/**
 * From configuration to an engine: the only place that knows them all.
 */
import { resolve } from 'node:path';
import { BubblewrapIsolation } from '../processes/bubblewrap-isolation.js';
import { worktreeIsolation } from '../processes/isolation.js';
import type { ProcessIsolation } from '../processes/isolation.js';
import { AcpEngine } from './acp/acp-engine.js';
import { acpProfiles } from './acp/acp-profiles.js';
import { AiderEngine } from './aider/aider-engine.js';
import type { CodingEngine } from './coding-engine.js';
import { CommandEngine } from './command-engine.js';
import { EngineByKind } from './engine-by-kind.js';
import type { AcpEngineName, EngineConfig, EnginesByKind, IsolationConfig } from './engine-config.js';
import { FailoverEngine } from './failover/failover-engine.js';
import { MeteredModelAccess } from './metering/metered-model-access.js';
import { DirectModelAccess } from './model-access.js';
import type { ModelAccess } from './model-access.js';
import { RecordedEngine } from './recorded/recorded-engine.js';

export interface CreateEngineContext {
  /** Absolute path of the user's repository: relative paths in the configuration start there. */
  readonly repository: string;
  /** Where keys are looked up, and what the allow-list chooses from. */
  readonly environment: NodeJS.ProcessEnv;
}

/** The engine of a project, with those that do some kinds of its tasks. */
export function createProjectEngine(
  config: EngineConfig,
  byKind: EnginesByKind,
  context: CreateEngineContext,
): CodingEngine {
  const kinds = Object.entries(byKind).map(([kind, each]) => [kind, createEngine(each, context)]);
  return kinds.length === 0
    ? createEngine(config, context)
    : new EngineByKind(createEngine(config, context), Object.fromEntries(kinds));
}

export function createEngine(config: EngineConfig, context: CreateEngineContext): CodingEngine {
  const { repository, environment } = context;
  switch (config.engine) {
    case 'goose':
    case 'codex':
    case 'opencode':
    case 'qwen':
    case 'gemini':
    case 'claude':
    case 'openhands': {
      const { engine, permissions, timeoutMs, idleTimeoutMs } = config;
      const access = modelAccess(config, environment);
      const isolation = isolationOf(config.isolation, environment);
      const profile = acpProfiles[engine];
      return new AcpEngine({ profile, access, environment, isolation, permissions, timeoutMs, idleTimeoutMs });
    }
    case 'command': {
      const { argv, promptBy, model, version, passEnvironment, timeoutMs, idleTimeoutMs } = config;
      return new CommandEngine({
        argv,
        promptBy,
        environment,
        passEnvironment,
        isolation: isolationOf(config.isolation, environment),
        timeoutMs,
        idleTimeoutMs,
        ...(model === undefined ? {} : { model }),
        ...(version === undefined ? {} : { version }),
      });
    }
    case 'aider': {
      const { editFormat, contextBytes, timeoutMs, idleTimeoutMs } = config;
      const access = modelAccess(config, environment);
      const isolation = isolationOf(config.isolation, environment);
      return new AiderEngine({ access, environment, isolation, editFormat, contextBytes, timeoutMs, idleTimeoutMs });
    }
    case 'recorded':
      return new RecordedEngine({
        folder: resolve(repository, config.recording),
        ...(config.editDelayMs === undefined ? {} : { editDelayMs: config.editDelayMs }),
      });
    case 'failover': {
      const engines = config.engines.map((each) => ({ name: each.engine, engine: createEngine(each, context) }));
      return new FailoverEngine({ engines, attempts: config.attempts });
    }
    default:
      throw new Error(`unknown engine ${String(config satisfies never)}`);
  }
}

/** The metered way to the model of an engine that has one. */
function modelAccess(
  { provider, model, host, apiKeyEnv, price, budget }: Extract<EngineConfig, { engine: AcpEngineName | 'aider' }>,
  environment: NodeJS.ProcessEnv,
): ModelAccess {
  const direct = new DirectModelAccess({
    provider,
    model,
    environment,
    ...(host === undefined ? {} : { host }),
    ...(apiKeyEnv === undefined ? {} : { apiKeyEnv }),
  });
  return new MeteredModelAccess(direct, { price, budget });
}

/** Also what `doctor` tells of it. */
export function isolationOf({ level, allowHosts }: IsolationConfig, environment: NodeJS.ProcessEnv): ProcessIsolation {
  switch (level) {
    case 'worktree':
      return worktreeIsolation;
    case 'bubblewrap':
      return new BubblewrapIsolation({ environment, allowHosts });
    default:
      throw new Error(`unknown isolation ${String(level satisfies never)}`);
  }
}
