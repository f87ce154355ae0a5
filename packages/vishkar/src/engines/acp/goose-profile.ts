/** Goose 1.52 over ACP. Facts behind each line were measured against a scripted model. */
import { join } from 'node:path';
import type { ModelSettings } from '../model-settings.js';
import type { AcpProfile } from './acp-profile.js';

export const gooseProfile: AcpProfile = {
  name: 'goose',
  title: 'Goose',
  program: {
    variable: 'GOOSE_BIN',
    npm: { packages: ['@aaif/goose-binary-{platform}-{arch}'], file: 'bin/goose', folder: 'engines/goose' },
    command: 'goose',
    install: 'npm run engines:install',
    versionArgs: ['--version'],
  },
  args: ['acp', '--with-builtin', 'developer'],
  environment: (settings, home) => ({
    GOOSE_PROVIDER: settings.provider,
    GOOSE_MODEL: settings.model,
    // Session ids are counters per root: a root per story keeps them apart, and a later attempt finds its session.
    GOOSE_PATH_ROOT: join(home, 'goose'),
    GOOSE_DISABLE_KEYRING: '1',
    GOOSE_DISABLE_SESSION_NAMING: 'true',
    GOOSE_MODE: 'auto',
    ...providerVariables(settings),
  }),
  quirks: {
    reportsUsage: true,
    usageCoversTurn: false,
    // An outage after a good call ends the turn normally, with the usage of the good call.
    failureMessage: /^Ran into this error:/,
    exitsOnInputEnd: true,
  },
};

/** Goose reads `<PROVIDER>_HOST` and `<PROVIDER>_API_KEY` for the providers that have them. */
function providerVariables({ provider, host, apiKey }: ModelSettings): Readonly<Record<string, string>> {
  const prefix = provider.toUpperCase().replace(/[^A-Z0-9]+/g, '_');
  return {
    ...(host === undefined ? {} : { [`${prefix}_HOST`]: host }),
    ...(apiKey === undefined ? {} : { [`${prefix}_API_KEY`]: apiKey }),
  };
}
