/**
 * OpenHands 1.16, which speaks ACP itself, from its sources: it needs a Python of its own and four hundred packages, so
 * that this profile is tested on a fake agent.
 */
import { join } from 'node:path';
import { apiAddress, providerApi } from '../provider-api.js';
import type { AcpProfile } from './acp-profile.js';

export const openhandsProfile: AcpProfile = {
  name: 'openhands',
  title: 'OpenHands',
  program: {
    variable: 'OPENHANDS_BIN',
    command: 'openhands',
    install: 'uv tool install openhands==1.16.0 --python 3.12',
    versionArgs: ['--version'],
  },
  args: ['acp', '--always-approve'],
  // It works in the folder that it is started in, whatever a session says.
  environment: (_settings, home) => ({
    OPENHANDS_PERSISTENCE_DIR: join(home, '.openhands'),
    OPENHANDS_CONVERSATIONS_DIR: join(home, '.openhands', 'conversations'),
  }),
  // Variables for the model are not passed on in this mode; the key in the file is the token of our meter.
  files: ({ provider, model, host, apiKey = '' }) => [
    {
      path: '.openhands/agent_settings.json',
      content: JSON.stringify({
        kind: 'Agent',
        system_prompt_kwargs: { cli_mode: true },
        llm: {
          usage_id: 'agent',
          model: `${LITELLM[providerApi(provider).wire]}/${model}`,
          api_key: apiKey,
          base_url: host === undefined ? null : addressFor(provider, host),
        },
      }),
    },
  ],
  quirks: {
    // It ends every turn normally, and tells usage in a form of its own.
    reportsUsage: false,
    usageCoversTurn: false,
    exitsOnInputEnd: true,
  },
};

/** As LiteLLM, under it, calls the wires. */
const LITELLM = { openai: 'openai', anthropic: 'anthropic', google: 'gemini' } as const;

/** LiteLLM adds the version for all but OpenAI. */
function addressFor(provider: string, host: string): string {
  return providerApi(provider).wire === 'openai' ? apiAddress(provider, host) : host;
}
