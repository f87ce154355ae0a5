/** `tracker login`: a person signs in at the tracker's MCP server in a browser; `tracker logout` forgets it. Needs no service. */
import { signInPath } from '../../composition/open-tracker.js';
import { openProject } from '../../config/project.js';
import { TrackerSecrets } from '../../issue-tracker/jira/secrets.js';
import { SignInFile } from '../../issue-tracker/jira/sign-in-file.js';
import { signIn } from '../../issue-tracker/jira/sign-in.js';
import { VishkarError } from '../../errors.js';
import type { CommandContext } from '../command-context.js';
import { EXIT } from '../exit-codes.js';
import { interruptionSignal } from '../interruption.js';

/** Long enough for a second factor; a port of this machine is open meanwhile. */
const LOGIN_WITHIN_MS = 10 * 60_000;

export async function trackerCommand(
  { repository, output }: CommandContext,
  action: string | undefined,
): Promise<number> {
  if (action !== 'login' && action !== 'logout')
    throw new VishkarError('USAGE', `"vishkar tracker" has no action "${String(action)}".`, {
      hint: '"vishkar tracker login" signs in at the tracker in a browser, "vishkar tracker logout" forgets that.',
    });
  const project = await openProject(repository);
  const server = project.config.tracker.jira?.server;
  if (server?.transport !== 'http' || server.auth.kind !== 'browser')
    throw new VishkarError('USAGE', 'The tracker of this project needs no sign-in in a browser.', {
      hint: 'Only "tracker.jira.server" with "auth": {"kind": "browser"} does (docs/jira.md).',
    });
  const file = new SignInFile(signInPath(project));
  if (action === 'logout') {
    const wasSignedIn = await file.remove();
    output.result([wasSignedIn ? `signed out of ${server.url}` : 'nobody was signed in'], { signedIn: false });
    return EXIT.ok;
  }
  await signIn({
    auth: server.auth,
    server: server.url,
    file,
    secrets: new TrackerSecrets(process.env),
    signal: AbortSignal.any([interruptionSignal(), AbortSignal.timeout(LOGIN_WITHIN_MS)]),
    show: (url) => {
      output.progress(`open this in a browser on this machine and sign in:\n${url}`);
    },
  });
  output.result([`signed in at ${server.url}; the tokens are in ${file.path}`], { signedIn: true, path: file.path });
  return EXIT.ok;
}
