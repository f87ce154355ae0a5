/**
 * Codex 0.166 behind the adapter codex-acp 2.6. It speaks OpenAI's responses and nothing else. Facts behind each line
 * were measured against a scripted model.
 */
import { join } from 'node:path';
import { apiAddress } from '../provider-api.js';
import type { AcpProfile } from './acp-profile.js';

/** Our own name for it: those that Codex knows can't be given another address. */
const PROVIDER = 'vishkar';
const KEY_VARIABLE = 'VISHKAR_MODEL_KEY';
const TEMPORARY = 'tmp';

export const codexProfile: AcpProfile = {
  name: 'codex',
  title: 'Codex',
  program: {
    variable: 'CODEX_ACP_BIN',
    npm: { packages: ['@agentclientprotocol/codex-acp'], file: 'dist/index.js', folder: 'engines/codex' },
    command: 'codex-acp',
    install: 'npm run engines:install -- codex',
    versionArgs: ['--version'],
    trial: {
      args: ['cli', 'sandbox', '--', 'true'],
      what: 'its sandbox, for which this system must allow user namespaces',
    },
  },
  args: [],
  environment: ({ apiKey = '' }, home) => ({
    CODEX_HOME: join(home, '.codex'),
    MODEL_PROVIDER: PROVIDER,
    [KEY_VARIABLE]: apiKey,
    NO_BROWSER: '1',
    // Its sandbox: the worktree is writable but for .git, and there is no network. What would leave it is asked of us;
    // in the mode `agent` a model would be asked.
    INITIAL_AGENT_MODE: 'workspace-write',
    // It puts the program of its sandbox into its home, but not if that is below the folder for temporary files.
    TMPDIR: join(home, TEMPORARY),
  }),
  // Ours leaves root no rights with which its own could be made (others can make it), and every command would fail.
  sandboxedEnvironment: { INITIAL_AGENT_MODE: 'agent-full-access' },
  files: ({ provider, model, host }) => [
    { path: join(TEMPORARY, '.keep'), content: '' },
    {
      path: '.codex/config.toml',
      content: [
        `model = ${toml(model)}`,
        `model_provider = ${toml(PROVIDER)}`,
        'check_for_update_on_startup = false',
        '',
        '[analytics]',
        'enabled = false',
        '',
        // They ask servers of their own what there is.
        '[features]',
        'plugins = false',
        'apps = false',
        '',
        `[model_providers.${PROVIDER}]`,
        `name = ${toml(provider)}`,
        `base_url = ${toml(apiAddress(provider, host))}`,
        `env_key = ${toml(KEY_VARIABLE)}`,
        'wire_api = "responses"',
        // An attempt of ours is tried again as a whole.
        'request_max_retries = 1',
        'stream_max_retries = 1',
        '',
      ].join('\n'),
    },
  ],
  // A session without a title has one made after its first turn, by a model that nobody chose.
  sessionRequests: (sessionId) => [{ method: 'session/set_title', params: { sessionId, title: 'Vishkar' } }],
  quirks: {
    // Null after an outage, with which it ends its turn normally.
    reportsUsage: true,
    usageCoversTurn: true,
    // It goes on when its input ends, and needs SIGTERM.
    exitsOnInputEnd: false,
  },
};

/** A JSON string is a basic string of TOML. */
function toml(text: string): string {
  return JSON.stringify(text);
}
