/** Who decides: a name given on the command line, else the user that git knows, else the account. */
import { userInfo } from 'node:os';
import { gitText } from '../git/git-command.js';

export async function whoDecides(given: string | undefined, repository: string): Promise<string> {
  if (given !== undefined && given.trim() !== '') return given.trim();
  const name = await gitText(['config', 'user.name'], { cwd: repository }).catch(() => '');
  return name === '' ? userInfo().username : name;
}
