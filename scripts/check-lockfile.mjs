/**
 * Checks that package-lock.json is good for every machine, not only for the one that wrote it. npm leaves a
 * platform's package out of the lock when the registry did not serve it at that moment; then `npm ci` fails, or
 * installs a tool without its native half on that platform. A registry's address in the lock ties it to that one.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root, say } from './run-command.mjs';

const complaints = [];

/** Where Node would look for `name` from the package at `path`: beside it, then in each folder above. */
function isLocked(packages, path, name) {
  for (let base = path; ; base = base.slice(0, Math.max(base.lastIndexOf('/node_modules/'), 0))) {
    if (`${base === '' ? '' : `${base}/`}node_modules/${name}` in packages) return true;
    if (base === '') return false;
  }
}

const engines = readdirSync(join(root, 'engines')).map((name) => `engines/${name}/package-lock.json`);

for (const file of ['package-lock.json', ...engines]) {
  const { packages } = JSON.parse(readFileSync(join(root, file), 'utf8'));
  for (const [path, entry] of Object.entries(packages)) {
    if (/^https?:/.test(entry.resolved ?? '')) complaints.push(`${file}: ${path} is tied to ${entry.resolved}`);
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      if (!isLocked(packages, path, name)) complaints.push(`${file}: ${path} lacks its ${name}@${version}`);
    }
  }
}

for (const complaint of complaints) say(complaint);
if (complaints.length > 0)
  say('Choose a version that the registry serves for all platforms ("overrides" in package.json).');
process.exitCode = complaints.length > 0 ? 1 : 0;
