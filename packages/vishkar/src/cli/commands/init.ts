/** `init`: what a repository needs before its first story. Creates only what is missing; says what it did. */
import { access, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openProject } from '../../config/project.js';
import { localRemote, openTracker } from '../../composition/create-story-tools.js';
import { VishkarError } from '../../errors.js';
import { git, gitText } from '../../git/git-command.js';
import { EXIT } from '../exit-codes.js';
import type { CommandContext } from '../command-context.js';

const LOCAL_REMOTE = 'vishkar';

export async function initCommand({ repository, output }: CommandContext): Promise<number> {
  const project = await openProject(repository);
  const root = project.repository;
  const done: string[] = [];
  if ((await gitText(['rev-parse', '--verify', '--quiet', 'HEAD'], { cwd: root }).catch(() => '')) === '')
    throw new VishkarError('USAGE', `${root} has no commit yet.`, {
      hint: 'Commit something first: stories branch off from it.',
    });

  let remote = project.config.sourceHost.remote;
  const hasLocalRemote = await localRemote(project).then(
    () => true,
    () => false,
  );
  if (!hasLocalRemote) {
    remote = LOCAL_REMOTE;
    const bare = join(project.state.root, 'remote.git');
    await mkdir(project.state.root, { recursive: true });
    await git(['clone', '--quiet', '--bare', '--', root, bare], { cwd: root });
    await git(['remote', 'add', '--', remote, bare], { cwd: root });
    done.push(`made the bare remote ${bare} and named it "${remote}"`);
  }
  const configPath = join(root, 'vishkar.config.json');
  if (!(await exists(configPath))) {
    const config = { sourceHost: { kind: 'local-git', remote } };
    await writeFile(configPath, `${JSON.stringify(config, null, 2)}\n`);
    done.push('wrote vishkar.config.json');
  }
  const backlog = join(root, project.config.tracker.folder);
  await mkdir(backlog, { recursive: true });
  if ((await openTracker(project).list()).length === 0)
    done.push(`the backlog ${project.config.tracker.folder} is empty: file a story with vishkar run --story "..."`);
  const lines = done.length === 0 ? ['everything is there already'] : done;
  output.result([...lines, 'next: vishkar doctor, then vishkar run'], { repository: root, done });
  return EXIT.ok;
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}
