/**
 * The package's bin as an executable file, as an SDK's `existing-path` takes it. A build leaves `dist/cli/main.js`
 * without the executable bit (npm sets it at installation), so a test wraps it.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '@vishkar/testkit';

/** The bin as built; tests of it need `npm run build` (`npm test` sees to it). */
export const BIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** Path of an executable that is the bin; removed when the running test is over. */
export function embeddedExecutable(): string {
  if (!existsSync(BIN)) throw new Error(`${BIN} is not built; run "npm run build" first.`);
  const path = join(temporaryFolder('bin'), 'temporal-embedded');
  writeFileSync(path, `#!/bin/sh\nexec "${process.execPath}" "${BIN}" "$@"\n`, { mode: 0o755 });
  return path;
}
