/** `init`: what a repository needs before its first story. Creates only what is missing; says what it did. */
import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openProject } from '../../config/project.js';
import type { Project } from '../../config/project.js';
import { ensureBareRemote } from '../../source-host/local-git/bare-remote.js';
import { localRemote } from '../../composition/local-remote.js';
import { openTracker } from '../../composition/open-tracker.js';
import { VishkarError } from '../../errors.js';
import { git, gitText } from '../../git/git-command.js';
import { currentBranch } from '../../git/revisions.js';
import { EXIT } from '../exit-codes.js';
import type { CommandContext } from '../command-context.js';

const LOCAL_REMOTE = 'vishkar';
/** What the configuration means when it names none. */
const DEFAULT_REMOTE = 'origin';

export async function initCommand({ repository, output }: CommandContext): Promise<number> {
  const project = await openProject(repository);
  const root = project.repository;
  const done: string[] = [];
  if ((await gitText(['rev-parse', '--verify', '--quiet', 'HEAD'], { cwd: root }).catch(() => '')) === '')
    throw new VishkarError('USAGE', `${root} has no commit yet.`, {
      hint: 'Commit something first: stories branch off from it.',
    });

  if (project.config.sourceHost.kind === 'local-git') done.push(...(await setUpLocalRemote(project)));
  // Stories of Jira and GitHub need no folder here; whether they can be read is for `doctor` to say.
  if (project.config.tracker.kind === 'markdown') done.push(...(await setUpBacklog(project)));
  const lines = done.length === 0 ? ['everything is there already'] : done;
  output.result([...lines, 'next: vishkar doctor, then vishkar run'], { repository: root, done });
  return EXIT.ok;
}

async function setUpBacklog(project: Project): Promise<readonly string[]> {
  const { folder } = project.config.tracker;
  await mkdir(join(project.repository, folder), { recursive: true });
  if ((await openTracker(project).list()).length > 0) return [];
  return [`the backlog ${folder} is empty: file a story with vishkar run --story "..."`];
}

async function setUpLocalRemote(project: Project): Promise<readonly string[]> {
  const isLocal = await localRemote(project).then(
    () => true,
    () => false,
  );
  const remote = isLocal ? project.config.sourceHost.remote : LOCAL_REMOTE;
  const made = isLocal ? [] : await makeLocalRemote(project, join(project.state.root, 'remote.git'));
  return [...made, ...(await nameRemote(project.repository, remote)), ...(await hintAtGithub(project))];
}

/** Local git asks for nothing, so it comes first; who has the code on GitHub may want its pull requests there. */
async function hintAtGithub({ repository }: Project): Promise<readonly string[]> {
  const url = await gitText(['remote', 'get-url', 'origin'], { cwd: repository }).catch(() => '');
  const [, owner, repo] = /github[.]com[:/]([\w.-]+)\/([\w.-]+?)(?:[.]git)?\/?$/.exec(url) ?? [];
  if (owner === undefined || repo === undefined) return [];
  const sourceHost = JSON.stringify({ kind: 'github', owner, repo });
  return [`origin is on GitHub: for pull requests there, set "sourceHost": ${sourceHost} (docs/github.md)`];
}

/** A bare repository with the branch that stories start from. Made before: kept. */
async function makeLocalRemote(project: Project, bare: string): Promise<readonly string[]> {
  const root = project.repository;
  const done: string[] = [];
  if (!(await exists(bare))) {
    const branch = project.config.baseBranch ?? (await currentBranch(root));
    if (branch === undefined)
      throw new VishkarError('USAGE', `No branch is checked out in ${root}.`, {
        hint: 'Check out the branch that stories start from, or name it as "baseBranch" in vishkar.config.json.',
      });
    await ensureBareRemote({ remote: bare, repository: root, branch });
    done.push(`made the bare remote ${bare}; stories start from its branch ${branch} and are merged into it`);
  }
  const known = (await gitText(['remote'], { cwd: root })).split('\n');
  if (!known.includes(LOCAL_REMOTE)) {
    await git(['remote', 'add', '--', LOCAL_REMOTE, bare], { cwd: root });
    done.push(`named it "${LOCAL_REMOTE}"`);
  }
  return done;
}

/** Sees to it that the configuration names the remote; what else stands there is kept. */
async function nameRemote(root: string, remote: string): Promise<readonly string[]> {
  const path = join(root, 'vishkar.config.json');
  const isThere = await exists(path);
  const config = isThere ? (JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>) : {};
  const before = config['sourceHost'] as { readonly remote?: unknown } | undefined;
  if (isThere && (before?.remote ?? DEFAULT_REMOTE) === remote) return [];
  const sourceHost = { kind: 'local-git', ...before, remote };
  await writeFile(path, `${JSON.stringify({ ...config, sourceHost }, null, 2)}\n`);
  return [isThere ? `named the remote "${remote}" in vishkar.config.json` : 'wrote vishkar.config.json'];
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}
