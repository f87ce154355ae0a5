/** OpenCode 1.18 over ACP, on any of the wires. Facts behind each line were measured against a scripted model. */
import { apiAddress, providerApi } from '../provider-api.js';
import type { ProviderWire } from '../provider-api.js';
import type { ModelSettings } from '../model-settings.js';
import type { AcpProfile } from './acp-profile.js';

/** Our own name for it: those that OpenCode knows bring models of theirs. */
const PROVIDER = 'vishkar';
const KEY_VARIABLE = 'VISHKAR_MODEL_KEY';

/** Clients that are built in: nothing is installed at run time. */
const CLIENTS: Readonly<Record<ProviderWire, string>> = {
  openai: '@ai-sdk/openai-compatible',
  anthropic: '@ai-sdk/anthropic',
  google: '@ai-sdk/google',
};

export const opencodeProfile: AcpProfile = {
  name: 'opencode',
  title: 'OpenCode',
  program: {
    variable: 'OPENCODE_BIN',
    npm: {
      packages: ['opencode-{platform}-{arch}-baseline', 'opencode-{platform}-{arch}'],
      file: 'bin/opencode',
      folder: 'engines/opencode',
    },
    command: 'opencode',
    install: 'npm run engines:install -- opencode',
    versionArgs: ['--version'],
  },
  args: ['acp'],
  environment: (settings) => ({
    OPENCODE_CONFIG_CONTENT: JSON.stringify(configuration(settings)),
    OPENCODE_DISABLE_AUTOUPDATE: '1',
    OPENCODE_DISABLE_MODELS_FETCH: '1',
    [KEY_VARIABLE]: settings.apiKey ?? '',
  }),
  // In a fresh home it would install the types of its plugins from the npm registry, in the background of the first turn.
  // It leaves a folder alone whose lock says that they are there.
  files: () => [
    { path: '.config/opencode/node_modules/.keep', content: '' },
    {
      path: '.config/opencode/package-lock.json',
      content: JSON.stringify({ packages: { '': { dependencies: { '@opencode-ai/plugin': '*' } } } }),
    },
  ],
  quirks: {
    // Of the last call only; a turn in which the model failed never ends by itself.
    reportsUsage: false,
    usageCoversTurn: false,
    exitsOnInputEnd: true,
  },
};

function configuration({ provider, model, host }: ModelSettings) {
  return {
    provider: {
      [PROVIDER]: {
        npm: CLIENTS[providerApi(provider).wire],
        name: provider,
        options: { baseURL: apiAddress(provider, host), apiKey: `{env:${KEY_VARIABLE}}` },
        models: { [model]: { name: model, tool_call: true } },
      },
    },
    model: `${PROVIDER}/${model}`,
    // For titles; else it takes one of the free ones that it knows.
    small_model: `${PROVIDER}/${model}`,
    permission: 'allow',
    autoupdate: false,
    share: 'disabled',
  };
}
