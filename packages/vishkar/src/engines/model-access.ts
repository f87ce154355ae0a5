/**
 * How an engine's run reaches its model: which address, which key, and who counts. A run opens it and closes it, so
 * that a meter of ours can stand between engine and provider for the time of a run.
 */
import type { Usage } from '../domain/usage.js';
import { VishkarError } from '../errors.js';
import type { EngineRun, ProviderLimit, UsageLog } from './coding-engine.js';
import type { ModelSettings } from './model-settings.js';
import { providerApi } from './provider-api.js';

export interface OpenedModel {
  readonly settings: ModelSettings;
  /** Keys that must be in nothing that is kept, those that the engine does not hold among them. */
  readonly secrets: readonly string[];
  /** Whether every call passes somebody who counts it. */
  readonly isMetered: boolean;
  /** What was measured so far by whoever stands between; undefined when only the engine can tell. */
  usage(): Usage | undefined;
  /** Why the model is not to be asked any more in this turn; undefined while it may be. */
  stopped(): ModelStop | undefined;
  /** Tells of each call from now on, where somebody stands between. */
  watch(listener: (call: ModelCall) => void): void;
  close(): Promise<void>;
}

/** Ports of this host that an engine with this model has to reach. */
export function meterPorts({ isMetered, settings: { host } }: OpenedModel): readonly number[] {
  return isMetered && host !== undefined ? [Number(new URL(host).port)] : [];
}

export interface ModelStop {
  /** In a sentence, without its subject. */
  readonly detail: string;
  readonly limit?: ProviderLimit;
}

/** What a run tells of it: a budget is for a person to raise, a limit passes by itself. */
export function stopFacts(stop: ModelStop | undefined): Pick<EngineRun, 'budgetSpent' | 'limit'> {
  if (stop === undefined) return {};
  return stop.limit === undefined ? { budgetSpent: true } : { limit: stop.limit };
}

/** A call to the model that was answered; no headers and no bodies, so that no secret can be in it. */
export interface ModelCall {
  readonly method: string;
  /** Without the query, which may hold a key. */
  readonly path: string;
  /** Whether it asked the model for something; false for lists of models and the like. */
  readonly usesModel: boolean;
  /** 502 when the provider could not be reached. */
  readonly status: number;
  /** From the head of the answer to its end. */
  readonly milliseconds: number;
  /** The answer broke off, on either side. */
  readonly cut?: true;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
}

export interface ModelAccess {
  /** Provider and model as evidence names them; never a key. */
  readonly label: string;
  /** `log`: where whoever counts writes each call down, before the engine has the end of its answer. */
  open(log?: UsageLog): Promise<OpenedModel>;
}

export interface DirectModelOptions {
  readonly provider: string;
  readonly model: string;
  readonly host?: string;
  /** Name of the variable that holds the key. Default: a usual one of the provider that is set. */
  readonly apiKeyEnv?: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** The engine talks to the provider itself; the key is read when a run begins and given to that engine only. */
export class DirectModelAccess implements ModelAccess {
  readonly label: string;
  readonly #options: DirectModelOptions;

  constructor(options: DirectModelOptions) {
    this.#options = options;
    this.label = `${options.provider}/${options.model}`;
  }

  /** Throws VishkarError `MODEL_KEY_MISSING` when the configured variable is not set. */
  async open(): Promise<OpenedModel> {
    const { provider, model, host, apiKeyEnv, environment } = this.#options;
    const names = apiKeyEnv === undefined ? providerApi(provider).keyVariables : [apiKeyEnv];
    const apiKey = names.map((name) => environment[name]).find((value) => value !== undefined && value !== '');
    if (apiKeyEnv !== undefined && apiKey === undefined) {
      throw new VishkarError(
        'MODEL_KEY_MISSING',
        `The variable ${apiKeyEnv} with the key for ${provider} is not set.`,
        {
          hint: `Set ${apiKeyEnv}, or name another variable in "engine.apiKeyEnv" of the configuration.`,
        },
      );
    }
    const settings = {
      provider,
      model,
      ...(host === undefined ? {} : { host }),
      ...(apiKey === undefined ? {} : { apiKey }),
    };
    const unwatched = {
      isMetered: false,
      secrets: apiKey === undefined ? [] : [apiKey],
      usage: () => undefined,
      stopped: () => undefined,
      watch: () => undefined,
    };
    return await Promise.resolve({ settings, ...unwatched, close: async () => undefined });
  }
}
