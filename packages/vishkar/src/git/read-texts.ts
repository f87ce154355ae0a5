/** The content of many text files of a commit, by one process. */
import { git } from './git-command.js';

/** By path, with LF; files that are not there or binary are left out. An empty pattern matches every line, and `-z` ends each path and number with NUL. */
export async function readTexts(
  cwd: string,
  revision: string,
  paths: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (paths.length === 0) return new Map();
  const { stdout } = await git(
    ['--literal-pathspecs', 'grep', '-I', '-z', '--line-number', '--full-name', '-e', '', revision, '--', ...paths],
    { cwd, acceptedExitCodes: [0, 1] },
  );
  const lines = new Map<string, string[]>();
  for (const record of stdout.split('\n')) {
    const [place, , text] = record.split('\0');
    if (place === undefined || text === undefined) continue;
    const path = place.slice(revision.length + 1);
    const known = lines.get(path);
    if (known === undefined) lines.set(path, [text]);
    else known.push(text);
  }
  return new Map([...lines].map(([path, texts]) => [path, texts.join('\n')]));
}
