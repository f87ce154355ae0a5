/**
 * What most commands need at once: the project, a Temporal service to talk to, and a worker where none runs yet.
 * Everything that was opened is closed in reverse order, also after an error.
 */
import type { createStoryTools } from '../composition/create-story-tools.js';
import { StoryClient } from '../client/story-client.js';
import { openProject } from '../config/project.js';
import type { Project } from '../config/project.js';
import { accessTemporal } from '../service/temporal-access.js';
import type { TemporalAccess } from '../service/temporal-access.js';
import type { startStoryWorker, StoryWorker } from '../worker/story-worker.js';

export interface Session {
  readonly project: Project;
  readonly access: TemporalAccess;
  readonly client: StoryClient;
  /** Undefined when the project's running service has a worker of its own. */
  readonly worker: StoryWorker | undefined;
}

/** `everything`: a worker that does the work. `answers`: one that only lets workflows take messages and queries. */
export type WorkerKind = 'everything' | 'answers';

export async function withSession<T>(
  repository: string,
  workerKind: WorkerKind,
  use: (session: Session) => Promise<T>,
): Promise<T> {
  const project = await openProject(repository);
  const closers: (() => Promise<void>)[] = [];
  try {
    // Chosen before anything starts, so that a bad configuration starts nothing.
    const tools = workerKind === 'everything' ? await createTools(project) : undefined;
    const access = await accessTemporal(project);
    closers.push(() => access.close());
    const client = await StoryClient.connect(access);
    closers.push(() => client.close());
    const worker =
      access.kind === 'running' ? undefined : await startWorker(access, tools, tools === undefined ? 'ERROR' : 'WARN');
    if (worker !== undefined) closers.push(() => worker.stop());
    return await use({ project, access, client, worker });
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

// Brought when they are needed: most commands look or decide, and are quicker without engines and reviewers.
const createTools: typeof createStoryTools = async (project) =>
  await (await import('../composition/create-story-tools.js')).createStoryTools(project);
const startWorker: typeof startStoryWorker = async (...options) =>
  await (await import('../worker/story-worker.js')).startStoryWorker(...options);
