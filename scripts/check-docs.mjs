/**
 * Checks the documentation against the repository: every relative link in a Markdown file leads to something
 * that exists, so does every page of docs/ that a source names, and every `npm run` command that a document names is
 * a script. (That docs/support.md, docs/errors.md and others say what the source says is checked by the tests in each
 * package's test/docs.)
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root, say } from './run-command.mjs';

const list = (...patterns) =>
  execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', ...patterns], { cwd: root })
    .toString()
    .split('\n')
    .filter((file) => file !== '' && existsSync(join(root, file)));
const files = list('*.md').filter((file) => !file.includes('fixtures/'));

const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const complaints = [];

for (const file of files) {
  // What stands in code is quoted, not linked.
  const text = readFileSync(join(root, file), 'utf8');
  const prose = text.replace(/^```[^]*?^```/gm, '').replace(/`[^`\n]*`/g, '');
  for (const [, target] of prose.matchAll(/\]\(([^)\s]+)\)/g)) {
    const path = decodeURI(target.split('#')[0]);
    if (path === '' || /^[a-z]+:/i.test(target)) continue;
    if (!existsSync(join(root, path.startsWith('/') ? '.' : dirname(file), path))) {
      complaints.push(`${file}: the link to ${target} leads nowhere`);
    }
  }
  if (file.startsWith('examples/')) continue;
  // A command stands at the start of a line of a block or of inline code; elsewhere it is output of a session shown.
  for (const [, name] of text.matchAll(/(?:^|`)npm run ([a-z][\w:-]*)/gm)) {
    if (!(name in scripts)) complaints.push(`${file}: \`npm run ${name}\` is not a script of package.json`);
  }
}

for (const file of list('packages/*/src/*.ts', 'packages/*/test/*.mjs', '*.long.test.ts', 'scripts/*.mjs', '.ci/run')) {
  for (const [page] of readFileSync(join(root, file), 'utf8').matchAll(/\bdocs\/[a-z/-]+\.md\b/g)) {
    if (!existsSync(join(root, page))) complaints.push(`${file}: there is no ${page}`);
  }
}

for (const complaint of complaints) say(complaint);
say(`${files.length} documents checked.`);
process.exitCode = complaints.length > 0 ? 1 : 0;
