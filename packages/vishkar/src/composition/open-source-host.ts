/** The source host of a project's configuration. */
import type { ArtifactStore } from '../artifacts/artifact-store.js';
import type { Project } from '../config/project.js';
import type { ProjectRunner } from '../test-runs/project-commands.js';
import type { SourceHost } from '../source-host/source-host.js';
import { GithubHost } from '../source-host/github/github-host.js';
import { LocalGitHost } from '../source-host/local-git/local-git-host.js';
import { localRemote } from './local-remote.js';

export interface SourceHostParts {
  readonly artifacts: ArtifactStore;
  readonly runner: ProjectRunner;
  readonly environment: NodeJS.ProcessEnv;
}

/** Throws VishkarError `REMOTE_NOT_LOCAL`. */
export async function openSourceHost(
  project: Project,
  { artifacts, runner, environment }: SourceHostParts,
): Promise<SourceHost> {
  const { kind, owner, repo, ...settings } = project.config.sourceHost;
  if (kind === 'github' && owner !== undefined && repo !== undefined)
    return new GithubHost({
      config: { ...settings, owner, repo },
      environment,
      folder: project.repository,
      artifacts,
    });
  const checks = { runner, artifacts, workFolder: project.state.checks };
  return new LocalGitHost({ remote: await localRemote(project), checks });
}
