/**
 * The composition root: the one place that chooses adapters for a project's ports, from its configuration.
 */
import { join } from 'node:path';
import { CodebaseIndex } from '../activities/codebase-index.js';
import type { StoryTools } from '../activities/story-tools.js';
import { FolderArtifactStore } from '../artifacts/folder-artifact-store.js';
import type { Project } from '../config/project.js';
import { createProjectEngine } from '../engines/create-engine.js';
import { VishkarError } from '../errors.js';
import { LessonStore } from '../lessons/lesson-store.js';
import { FileNotifier } from '../notifications/file-notifier.js';
import { secretMask, variablesNamedIn } from '../processes/environment-secrets.js';
import { createAngleReviewer } from '../review/panel-reviewer.js';
import { workerIdentity } from '../worker/lost-attempts.js';
import { LocalProjectRunner } from '../test-runs/local-project-runner.js';
import { projectEngineConfig } from './engine-roles.js';
import { openSourceHost } from './open-source-host.js';
import { openTracker } from './open-tracker.js';

/** Throws VishkarError `ENGINE_NOT_CONFIGURED`, `REMOTE_NOT_LOCAL`. */
export async function createStoryTools(
  project: Project,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<StoryTools> {
  const { config, state } = project;
  const engineConfig = projectEngineConfig(config, environment);
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
    sourceHost: await openSourceHost(project, { artifacts, runner, environment }),
    engine: createProjectEngine(engineConfig, config.engines, { repository: project.repository, environment }),
    reviewer: createAngleReviewer(config.review, join(state.root, 'baselines')),
    runner,
    artifacts,
    notifier: new FileNotifier({ path: state.notifications }),
    lessons: new LessonStore(),
    codebase: new CodebaseIndex(),
    contextTokens: config.context.tokens,
    hideSecrets: secretMask(environment, variablesNamedIn(config)),
    hasAccountBudget: config.story.accountBudget !== undefined,
    folders: { worktrees: state.worktrees, engineHomes: state.engineHomes, runs: state.runs },
  };
}
