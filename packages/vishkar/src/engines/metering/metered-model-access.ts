/** The way to a model with a meter in it: the engine talks to a proxy of ours, and only that knows the provider's key. */
import type { UsageLog } from '../coding-engine.js';
import type { ModelAccess, ModelCall, OpenedModel } from '../model-access.js';
import { providerApi } from '../provider-api.js';
import { MeteringProxy } from './metering-proxy.js';
import type { ModelBudget, ModelPrice } from './metering-proxy.js';

export interface MeteredModelOptions {
  readonly price?: ModelPrice | undefined;
  readonly budget?: ModelBudget | undefined;
}

export class MeteredModelAccess implements ModelAccess {
  readonly #direct: ModelAccess;
  readonly #options: MeteredModelOptions;

  constructor(direct: ModelAccess, options: MeteredModelOptions = {}) {
    this.#direct = direct;
    this.#options = options;
  }

  get label(): string {
    return this.#direct.label;
  }

  /** As the access it stands on; one to a provider whose address is not known opens without a meter. */
  async open(log?: UsageLog): Promise<OpenedModel> {
    const direct = await this.#direct.open();
    const { settings } = direct;
    const upstream = settings.host ?? providerApi(settings.provider).host;
    if (upstream === undefined) return direct;
    const listeners: ((call: ModelCall) => void)[] = [];
    const proxy = await MeteringProxy.start({
      upstream,
      apiKey: settings.apiKey,
      onCall: (call) => listeners.forEach((listener) => listener(call)),
      log,
      ...this.#options,
    });
    return {
      settings: { ...settings, host: proxy.host, apiKey: proxy.token },
      // A provider that refuses a key may quote it.
      secrets: [proxy.token, ...direct.secrets],
      isMetered: true,
      usage: () => proxy.usage(),
      stopped: () => proxy.stopped(),
      watch: (listener) => void listeners.push(listener),
      close: async () => {
        await proxy.close();
        await direct.close();
      },
    };
  }
}
