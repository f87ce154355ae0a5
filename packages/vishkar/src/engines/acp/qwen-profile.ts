/**
 * Qwen Code 0.24 over ACP, on the wires of OpenAI's chat and Anthropic. It asks for Node 22 and runs on 20. Facts behind
 * each line were measured against a scripted model.
 */
import { apiAddress, providerApi } from '../provider-api.js';
import type { ModelSettings } from '../model-settings.js';
import type { AcpProfile } from './acp-profile.js';
import { geminiFamily, quietSettings } from './gemini-family.js';

export const qwenProfile: AcpProfile = {
  ...geminiFamily,
  name: 'qwen',
  title: 'Qwen Code',
  program: {
    variable: 'QWEN_BIN',
    npm: { packages: ['@qwen-code/qwen-code'], file: 'cli-entry.js', folder: 'engines/qwen' },
    command: 'qwen',
    install: 'npm run engines:install -- qwen',
    versionArgs: ['--version'],
  },
  environment: (settings) => modelVariables(settings),
  files: ({ provider, model }) =>
    quietSettings('.qwen', {
      security: { auth: { selectedType: providerApi(provider).wire === 'anthropic' ? 'anthropic' : 'openai' } },
      model: { name: model },
      // Else a second agent with tools of its own works after each turn.
      memory: { enableManagedAutoMemory: false },
      general: { disableAutoUpdate: true },
    }),
};

function modelVariables({ provider, model, host, apiKey = '' }: ModelSettings): Readonly<Record<string, string>> {
  const { wire } = providerApi(provider);
  const address = apiAddress(provider, host);
  // Clients of Anthropic add the version themselves.
  if (wire === 'anthropic')
    return {
      ANTHROPIC_BASE_URL: address.replace(/\/v1$/, ''),
      ANTHROPIC_API_KEY: apiKey,
      ANTHROPIC_MODEL: model,
    };
  return { OPENAI_BASE_URL: address, OPENAI_API_KEY: apiKey, OPENAI_MODEL: model };
}
