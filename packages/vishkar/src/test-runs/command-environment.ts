/** The surroundings of a project's command: allow-listed variables, signs of a CI, and a temporary folder of its own. */
import { createHash } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { childEnvironment } from '../processes/environment.js';

const SIGNS: Readonly<Record<string, string>> = {
  CI: '1',
  NO_COLOR: '1',
  // A server that is only started to see whether it starts takes any free port.
  PORT: '0',
  npm_config_audit: 'false',
  npm_config_fund: 'false',
  npm_config_update_notifier: 'false',
};

/**
 * Runs `body` with the environment; the temporary folder is gone afterwards. Its name follows from `outputFolder`, so
 * that what a killed run left there is removed by the next. It is not inside, since paths of sockets must be short.
 */
export async function withCommandEnvironment<T>(
  outputFolder: string,
  pass: readonly string[],
  body: (environment: Readonly<Record<string, string>>) => Promise<T>,
): Promise<T> {
  const name = createHash('sha256').update(outputFolder).digest('hex').slice(0, 12);
  const temporary = join(tmpdir(), `vishkar-run-${name}`);
  const remove = () => rm(temporary, { recursive: true, force: true, maxRetries: 5 });
  await remove();
  await mkdir(temporary, { recursive: true, mode: 0o700 });
  try {
    return await body(childEnvironment({ pass, set: { ...SIGNS, TMPDIR: temporary } }));
  } finally {
    await remove();
  }
}
