/**
 * The composition root: the one place that chooses adapters for a project's ports, from its configuration.
 */
import { isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { StoryTools } from '../activities/story-tools.js';
import { FolderArtifactStore } from '../artifacts/folder-artifact-store.js';
import type { Project } from '../config/project.js';
import { createEngine, engineConfigFromEnvironment } from '../engines/create-engine.js';
import { VishkarError } from '../errors.js';
import { gitText } from '../git/git-command.js';
import type { IssueTracker } from '../issue-tracker/issue-tracker.js';
import { JiraTracker } from '../issue-tracker/jira/jira-tracker.js';
import { openJira } from '../issue-tracker/jira/open-jira.js';
import { MarkdownBacklog } from '../issue-tracker/markdown-backlog/markdown-backlog.js';
import { LessonStore } from '../lessons/lesson-store.js';
import { FileNotifier } from '../notifications/file-notifier.js';
import { createAngleReviewer } from '../review/panel-reviewer.js';
import { LocalGitHost } from '../source-host/local-git/local-git-host.js';
import { workerIdentity } from '../worker/lost-attempts.js';
import { LocalProjectRunner } from '../test-runs/local-project-runner.js';

export function openTracker(project: Project, environment: NodeJS.ProcessEnv = process.env): IssueTracker {
  const { jira, kind } = project.config.tracker;
  if (kind === 'jira' && jira !== undefined) return new JiraTracker(openJira(jira, environment), jira);
  return new MarkdownBacklog({
    repository: project.repository,
    folder: join(project.repository, project.config.tracker.folder),
  });
}

/** Throws VishkarError `ENGINE_NOT_CONFIGURED`, `REMOTE_NOT_LOCAL`. */
export async function createStoryTools(
  project: Project,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<StoryTools> {
  const { config, state } = project;
  const engineConfig = config.engine ?? engineConfigFromEnvironment(environment);
  if (engineConfig === undefined)
    throw new VishkarError('ENGINE_NOT_CONFIGURED', `No engine is configured for ${project.name}.`, {
      hint: 'Name one in vishkar.config.json (see docs/configuration.md), for instance {"engine": {"engine": "goose", ...}}, or set GOOSE_PROVIDER and GOOSE_MODEL.',
    });
  const artifacts = new FolderArtifactStore({ folder: state.artifacts });
  const runner = new LocalProjectRunner({ commands: config.commands });
  return {
    project: project.name,
    identity: workerIdentity(),
    repository: project.repository,
    baseBranch: config.baseBranch,
    tracker: openTracker(project, environment),
    sourceHost: new LocalGitHost({
      remote: await localRemote(project),
      checks: { runner, artifacts, workFolder: state.checks },
    }),
    engine: createEngine(engineConfig, { repository: project.repository, environment }),
    reviewer: createAngleReviewer(config.review),
    runner,
    artifacts,
    notifier: new FileNotifier({ path: state.notifications }),
    lessons: new LessonStore(),
    folders: { worktrees: state.worktrees, engineHomes: state.engineHomes, runs: state.runs },
  };
}

/** Absolute path of the bare repository that the project's remote names. */
export async function localRemote(project: Project): Promise<string> {
  const { remote } = project.config.sourceHost;
  const url = await gitText(['remote', 'get-url', remote], { cwd: project.repository }).catch(() => remote);
  if (url.startsWith('file://')) return fileURLToPath(url);
  if (isAbsolute(url)) return url;
  if (url.startsWith('./') || url.startsWith('../')) return resolve(project.repository, url);
  throw new VishkarError(
    'REMOTE_NOT_LOCAL',
    `The remote "${remote}" of ${project.name} (${url}) is not a repository on this machine.`,
    {
      hint: 'Run "vishkar init": it makes a local bare remote and names it in the configuration.',
    },
  );
}
