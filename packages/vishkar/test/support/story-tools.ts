/**
 * The tools that the composition root makes for a project, on a real repository with a real remote and backlog, for tests of
 * activities without a service. The engine is a shell script; what an activity needs of a call is given with `activityCall`.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ActivityCall } from '../../src/activities/activity-server.js';
import type { StoryTools } from '../../src/activities/story-tools.js';
import { createStoryTools } from '../../src/composition/create-story-tools.js';
import { protectedPathsSchema } from '../../src/domain/protected-paths.js';
import { openProject } from '../../src/config/project.js';
import { testRepository, writeFiles } from './git-repository.js';
import type { TestRepository } from './git-repository.js';

export interface TestProject extends TestRepository {
  readonly tools: StoryTools;
  /** Path of the story's file in the backlog. */
  readonly storyPath: string;
}

/**
 * A project with the story DEMO-1, whose engine runs `script` with sh in the worktree; `settings` take the place of what
 * its configuration says.
 */
export async function testProject(
  script = 'echo done > work.txt',
  settings: Readonly<Record<string, unknown>> = {},
): Promise<TestProject> {
  const repository = testRepository();
  const backlog = join('.vishkar', 'backlog', 'DEMO-1.md');
  writeFiles(repository.checkout, {
    [backlog]: '---\nkey: DEMO-1\ntitle: A story\nstatus: todo\nacceptance:\n  - It works\n---\n\nWhat is wanted\n',
  });
  writeFileSync(
    join(repository.checkout, 'vishkar.config.json'),
    JSON.stringify({ engine: { engine: 'command', argv: ['sh', '-c', script] }, ...settings }),
  );
  const project = await openProject(repository.checkout, { VISHKAR_HOME: join(repository.root, 'state') });
  return { ...repository, tools: await createStoryTools(project), storyPath: join(repository.checkout, backlog) };
}

/** The first turn of an engine, of which nobody has said anything yet. */
export const FIRST_TURN = Object.freeze({
  round: 1,
  guidance: [],
  settledUsage: [],
  protectedPaths: protectedPathsSchema.parse({}),
});

/** A repository that begins as the example does, whose engine replays the recording. */
export async function exampleProject(example: string, recording: string): Promise<Omit<TestProject, 'storyPath'>> {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '.'], {
    cwd: example,
    encoding: 'utf8',
  });
  const files = listed.split('\0').filter((file) => file !== '');
  const repository = testRepository(
    Object.fromEntries([
      ...files.map((file) => [file, readFileSync(join(example, file))] as const),
      ['vishkar.config.json', JSON.stringify({ engine: { engine: 'recorded', recording, editDelayMs: 0 } })] as const,
    ]),
  );
  const project = await openProject(repository.checkout, { VISHKAR_HOME: join(repository.root, 'state') });
  return { ...repository, tools: await createStoryTools(project) };
}

/** What an activity's body is told of its call. */
export function activityCall(change: Partial<ActivityCall> = {}): ActivityCall {
  return {
    signal: new AbortController().signal,
    attempt: 1,
    marker: 'run/1/1',
    before: undefined,
    report: () => undefined,
    heartbeatIntervalMs: 9_600,
    guidance: async () => await Promise.resolve([]),
    ...change,
  };
}
