import { isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Project } from '../config/project.js';
import { VishkarError } from '../errors.js';
import { gitText } from '../git/git-command.js';
import { maskSecrets } from '../git/mask-secrets.js';

/** Absolute path of the bare repository that the project's remote names. Throws VishkarError `REMOTE_NOT_LOCAL`. */
export async function localRemote(project: Project): Promise<string> {
  const { remote } = project.config.sourceHost;
  const url = await gitText(['remote', 'get-url', remote], { cwd: project.repository }).catch(() => remote);
  if (url.startsWith('file://')) return fileURLToPath(url);
  if (isAbsolute(url)) return url;
  if (url.startsWith('./') || url.startsWith('../')) return resolve(project.repository, url);
  throw new VishkarError(
    'REMOTE_NOT_LOCAL',
    `The remote "${remote}" of ${project.name} (${maskSecrets(url)}) is not a repository on this machine.`,
    {
      hint: 'Run "vishkar init": it makes a local bare remote and names it in the configuration.',
    },
  );
}
