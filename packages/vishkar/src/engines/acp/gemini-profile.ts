/** Gemini CLI 0.61 over ACP, on Gemini's own wire. Facts behind each line were measured against a scripted model. */
import type { AcpProfile } from './acp-profile.js';

export const geminiProfile: AcpProfile = {
  name: 'gemini',
  title: 'Gemini CLI',
  program: {
    variable: 'GEMINI_BIN',
    npm: { packages: ['@google/gemini-cli'], file: 'bundle/gemini.js', folder: 'engines/gemini' },
    command: 'gemini',
    install: 'npm run engines:install -- gemini',
    versionArgs: ['--version'],
  },
  args: ['--acp'],
  environment: ({ model, host, apiKey = '' }) => ({
    GEMINI_API_KEY: apiKey,
    // Without a model it asks another one which to take, before each turn.
    GEMINI_MODEL: model,
    ...(host === undefined ? {} : { GOOGLE_GEMINI_BASE_URL: host }),
    // Else it starts itself a second time, and that one outlives the first.
    GEMINI_CLI_NO_RELAUNCH: 'true',
    GEMINI_CLI_TRUST_WORKSPACE: 'true',
  }),
  files: () => [
    {
      path: '.gemini/settings.json',
      content: JSON.stringify({
        security: { auth: { selectedType: 'gemini-api-key' } },
        general: { enableAutoUpdate: false, enableAutoUpdateNotification: false },
        privacy: { usageStatisticsEnabled: false },
        telemetry: { enabled: false },
      }),
    },
  ],
  sessionMode: 'yolo',
  quirks: {
    reportsUsage: false,
    usageCoversTurn: false,
    exitsOnInputEnd: true,
  },
};
