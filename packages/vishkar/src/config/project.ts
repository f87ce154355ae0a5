/** A project as the CLI sees it: the repository, its configuration, and where its state lives on this host. */
import { createHash } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { loadConfig } from 'c12';
import type { LoadConfigOptions } from 'c12';
import { VishkarError } from '../errors.js';
import { gitText } from '../git/git-command.js';
import { projectConfigSchema } from './project-config.js';
import type { ProjectConfig } from './project-config.js';

export interface Project {
  readonly name: string;
  /** Absolute real path of the repository's top folder. */
  readonly repository: string;
  readonly config: ProjectConfig;
  readonly state: StateFolders;
}

/** Everything that Vishkar keeps outside the repository, one folder per project. */
export interface StateFolders {
  readonly root: string;
  readonly database: string;
  /** Tells other commands of this host where the running service listens. */
  readonly serviceFile: string;
  readonly worktrees: string;
  readonly artifacts: string;
  readonly engineHomes: string;
  readonly runs: string;
  /** Clones in which the local source host runs checks. */
  readonly checks: string;
  readonly notifications: string;
}

/** Throws VishkarError `NOT_A_REPOSITORY`, `CONFIG_INVALID`. */
export async function openProject(folder: string, environment: NodeJS.ProcessEnv = process.env): Promise<Project> {
  const repository = await topFolder(folder);
  const config = await readConfig(repository);
  const name =
    config.project ??
    (basename(repository)
      .replace(/[^A-Za-z0-9_.-]+/g, '-')
      .replace(/^[^A-Za-z0-9]+/, '') ||
      'project');
  return { name, repository, config, state: stateFolders(repository, name, environment) };
}

async function topFolder(folder: string): Promise<string> {
  try {
    return await realpath(await gitText(['rev-parse', '--show-toplevel'], { cwd: folder }));
  } catch (cause) {
    throw new VishkarError('NOT_A_REPOSITORY', `${resolve(folder)} is not in a git repository.`, {
      hint: 'Run vishkar inside a repository, name one with --repository, or make one with "git init" and a first commit.',
      cause,
    });
  }
}

async function readConfig(repository: string): Promise<ProjectConfig> {
  const config = await loadConfigFile(repository);
  const parsed = projectConfigSchema.safeParse(config);
  if (parsed.success) return parsed.data;
  const reasons = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'configuration'}: ${issue.message}`);
  throw configInvalid(repository, reasons.join('; '), parsed.error);
}

function configInvalid(repository: string, reason: string, cause: unknown): VishkarError {
  return new VishkarError('CONFIG_INVALID', `The configuration of ${repository} is not valid: ${reason}`, {
    hint: 'Mend vishkar.config.json; docs/configuration.md lists every field.',
    cause,
  });
}

/** A configuration is one file: nothing is loaded from elsewhere, and nothing is downloaded because a file says so. */
async function loadConfigFile(repository: string): Promise<unknown> {
  const options: LoadConfigOptions<Record<string, unknown>> = {
    cwd: repository,
    name: 'vishkar',
    configFile: 'vishkar.config',
    rcFile: false,
    globalRc: false,
    packageJson: false,
    dotenv: false,
    envName: false,
    extend: false,
    giget: false,
  };
  try {
    return (await loadConfig(options)).config ?? {};
  } catch (error) {
    // Not JSON, or a script that throws: the reader mends the file in both cases.
    throw configInvalid(repository, error instanceof Error ? error.message : String(error), error);
  }
}

function stateFolders(repository: string, name: string, environment: NodeJS.ProcessEnv): StateFolders {
  const home =
    environment['VISHKAR_HOME'] ?? join(environment['XDG_STATE_HOME'] ?? join(homedir(), '.local', 'state'), 'vishkar');
  const id = createHash('sha256').update(repository).digest('hex').slice(0, 8);
  const root = join(home, `${name}-${id}`);
  return {
    root,
    database: join(root, 'temporal.db'),
    serviceFile: join(root, 'service.json'),
    worktrees: join(root, 'worktrees'),
    artifacts: join(root, 'artifacts'),
    engineHomes: join(root, 'engine-homes'),
    runs: join(root, 'runs'),
    checks: join(root, 'checks'),
    notifications: join(root, 'notifications.jsonl'),
  };
}
