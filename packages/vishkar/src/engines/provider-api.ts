/**
 * Where the APIs of providers are, and which of the four protocols they speak, so that an engine without a list of
 * providers of its own can be pointed at one. Anything that is not known by name is taken for an API like OpenAI's.
 */
export type ProviderWire = 'openai' | 'anthropic' | 'google';

export interface ProviderApi {
  readonly wire: ProviderWire;
  /** Base address, without a path; undefined when a project has to say where it is. */
  readonly host?: string;
  /** What clients put between the address and the endpoint's name. */
  readonly path: string;
  /** Variables that usually hold its key, best first. */
  readonly keyVariables: readonly string[];
}

const KNOWN: Readonly<Record<string, Omit<ProviderApi, 'keyVariables'>>> = {
  openai: { wire: 'openai', host: 'https://api.openai.com', path: '/v1' },
  anthropic: { wire: 'anthropic', host: 'https://api.anthropic.com', path: '/v1' },
  google: { wire: 'google', host: 'https://generativelanguage.googleapis.com', path: '/v1beta' },
  openrouter: { wire: 'openai', host: 'https://openrouter.ai', path: '/api/v1' },
};
const OTHER = { wire: 'openai', path: '/v1' } as const;

export function providerApi(provider: string): ProviderApi {
  const usual = `${provider.toUpperCase().replace(/[^A-Z0-9]+/g, '_')}_API_KEY`;
  const keyVariables = provider === 'google' ? ['GEMINI_API_KEY', usual] : [usual];
  return { ...((Object.hasOwn(KNOWN, provider) ? KNOWN[provider] : undefined) ?? OTHER), keyVariables };
}

/** The address that clients of the provider are given, with its path; `host` takes the place of the provider's own. */
export function apiAddress(provider: string, host: string | undefined): string {
  const { host: usual = '', path } = providerApi(provider);
  return `${(host ?? usual).replace(/\/+$/, '')}${path}`;
}
