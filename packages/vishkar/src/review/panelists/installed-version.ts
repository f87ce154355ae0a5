/**
 * The version of a package as it is installed, for the record of who sat on a panel. Looked up by its folder: many packages
 * do not export their package.json, so it can't be required, and loading the package itself only for this is too slow.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(import.meta.url);

/** `unknown` when it is not installed: its analyzer then says so itself when it is asked to look. */
export function installedVersion(name: string): string {
  for (const folder of require.resolve.paths(name) ?? []) {
    try {
      const { version } = JSON.parse(readFileSync(join(folder, name, 'package.json'), 'utf8')) as { version: string };
      return version;
    } catch {
      // Not in this node_modules folder; the next one up may have it.
    }
  }
  return 'unknown';
}
