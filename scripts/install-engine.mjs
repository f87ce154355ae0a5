/**
 * Installs coding engines into folders of their own (`npm run engines:install -- codex`), so that a plain install of this
 * repository stays small. Without a name it is Goose. Versions are pinned by each folder's lock.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root, runCommand, say, seconds } from './run-command.mjs';

const known = readdirSync(join(root, 'engines')).filter((name) =>
  existsSync(join(root, 'engines', name, 'package.json')),
);
const names = process.argv.slice(2);
const unknown = names.filter((name) => !known.includes(name));

if (unknown.length > 0) {
  say(`There is no engine ${unknown.join(', ')} here; there are ${known.join(', ')}.`);
  process.exit(2);
}

for (const name of names.length === 0 ? ['goose'] : names) {
  say(`Installing ${name} into engines/${name} ...`);
  const npm = process.env.npm_execpath?.endsWith('.js') ? [process.execPath, process.env.npm_execpath] : ['npm'];
  const [command, ...first] = npm;
  const { code, output, ms } = await runCommand(command, [...first, 'ci', '--no-audit', '--no-fund'], {
    doing: `installing ${name}`,
    cwd: join(root, 'engines', name),
  });
  if (code !== 0) {
    say(`${output}\n${name} could not be installed (see above). Is the npm registry reachable?`);
    process.exit(1);
  }
  // A package for another platform is left out without a word.
  const installed = join(root, 'engines', name, 'node_modules');
  if (!existsSync(installed) || readdirSync(installed).every((entry) => entry.startsWith('.'))) {
    say(
      `${name} has no package for ${process.platform} on ${process.arch} here; docs/engines.md tells how to name a program of your own.`,
    );
    process.exit(1);
  }
  say(`Installed ${name} in ${seconds(ms)}.`);
}
