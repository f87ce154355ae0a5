/** Gemini CLI 0.61 over ACP, on Gemini's own wire. Facts behind each line were measured against a scripted model. */
import type { AcpProfile } from './acp-profile.js';
import { geminiFamily, quietSettings } from './gemini-family.js';

export const geminiProfile: AcpProfile = {
  ...geminiFamily,
  name: 'gemini',
  title: 'Gemini CLI',
  program: {
    variable: 'GEMINI_BIN',
    npm: { packages: ['@google/gemini-cli'], file: 'bundle/gemini.js', folder: 'engines/gemini' },
    command: 'gemini',
    install: 'npm run engines:install -- gemini',
    versionArgs: ['--version'],
  },
  environment: ({ model, host, apiKey = '' }) => ({
    GEMINI_API_KEY: apiKey,
    // Without a model it asks another one which to take, before each turn.
    GEMINI_MODEL: model,
    ...(host === undefined ? {} : { GOOGLE_GEMINI_BASE_URL: host }),
    // Else it starts itself a second time, and that one outlives the first.
    GEMINI_CLI_NO_RELAUNCH: 'true',
    GEMINI_CLI_TRUST_WORKSPACE: 'true',
  }),
  files: () =>
    quietSettings('.gemini', {
      security: { auth: { selectedType: 'gemini-api-key' } },
      general: { enableAutoUpdate: false, enableAutoUpdateNotification: false },
    }),
};
