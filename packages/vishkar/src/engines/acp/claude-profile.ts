/**
 * Claude Code behind the adapter claude-agent-acp 0.101, from its sources and documentation: the program under it may be
 * run by who has accepted its terms only, so that this profile is tested on a fake agent.
 */
import { join } from 'node:path';
import type { AcpProfile } from './acp-profile.js';

export const claudeProfile: AcpProfile = {
  name: 'claude',
  title: 'Claude Code',
  program: {
    variable: 'CLAUDE_ACP_BIN',
    npm: { packages: ['@agentclientprotocol/claude-agent-acp'], file: 'dist/index.js' },
    command: 'claude-agent-acp',
    install: 'npm install --global @agentclientprotocol/claude-agent-acp@0.101.0',
    versionArgs: ['--version'],
    minimumNode: 22,
  },
  args: [],
  environment: ({ model, host, apiKey = '' }, home) => ({
    ANTHROPIC_API_KEY: apiKey,
    ANTHROPIC_MODEL: model,
    // For titles and summaries; the model that the project chose is the only one it may use.
    ANTHROPIC_DEFAULT_HAIKU_MODEL: model,
    ...(host === undefined ? {} : { ANTHROPIC_BASE_URL: host }),
    CLAUDE_CONFIG_DIR: join(home, '.claude'),
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
  }),
  // It edits without asking; what else it asks is answered by our policy. Its mode without any question is refused to root.
  sessionMode: 'acceptEdits',
  quirks: {
    reportsUsage: false,
    usageCoversTurn: false,
    exitsOnInputEnd: true,
  },
};
