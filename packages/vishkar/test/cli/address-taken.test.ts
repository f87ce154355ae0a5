/**
 * A service that is killed leaves its service file behind, and its port to anybody: another project's service may listen there
 * next. Nothing of this project talks to it as if it were its own.
 */
import { startDevServer } from '@vishkar/temporal-embedded';
import { describe, expect, it, onTestFinished } from 'vitest';
import { followStory } from '../../src/client/follow-story.js';
import { StoryClient } from '../../src/client/story-client.js';
import { openProject } from '../../src/config/project.js';
import type { Project } from '../../src/config/project.js';
import { accessTemporal, runningAccess } from '../../src/service/temporal-access.js';
import type { TemporalAccess } from '../../src/service/temporal-access.js';
import { readServiceFile, writeServiceFile } from '../../src/service/service-file.js';
import { commandLine } from '../support/command-line.js';
import type { CommandLine } from '../support/command-line.js';

interface Taken extends CommandLine {
  readonly project: Project;
  /** As a process that attached to the first service holds it. */
  readonly access: TemporalAccess;
  /** Ends the first service as a kill does, and lets another project's listen where it did. */
  take(): Promise<void>;
}

async function projectWithService(): Promise<Taken> {
  const commands = commandLine();
  const environment = { VISHKAR_HOME: commands.home };
  const project = await openProject(commands.checkout, environment);
  const first = await accessTemporal(project, environment, '0');
  const record = await readServiceFile(project.state.serviceFile);
  const access = await runningAccess(project);
  if (record === undefined || access === undefined) throw new Error('the service file does not lead to the service');
  return {
    ...commands,
    project,
    access,
    take: async () => {
      await first.close();
      await writeServiceFile(project.state.serviceFile, record);
      const other = await startDevServer({ port: Number(record.address.split(':')[1]) });
      onTestFinished(() => other.close());
    },
  };
}

describe("an address that another project's service has taken", () => {
  it('is not where the service of this project runs', async () => {
    const { project, take } = await projectWithService();
    await take();
    expect(await runningAccess(project)).toBeUndefined();
    const again = await accessTemporal(project, {}, '0');
    onTestFinished(() => again.close());
    expect(again.kind).toBe('started');
  });

  it('ends following a story there, instead of telling of one with the same key', async () => {
    const { access, take } = await projectWithService();
    const client = await StoryClient.connect(access);
    onTestFinished(() => client.close());
    expect(await client.isOurService()).toBe(true);
    await take();
    const followed = followStory(client, 'DEMO-1', new AbortController().signal).next();
    await expect(followed).rejects.toMatchObject({ code: 'SERVICE_GONE' });
  });

  it('ends a worker that was served from there', async () => {
    const { start, take } = await projectWithService();
    const worker = start('serve', '--only', 'worker', '--json');
    await worker.waitForOutput(/worker at/);
    await take();
    expect(await worker.exited).toMatchObject({ code: 1 });
    expect(JSON.parse(worker.stdout)).toMatchObject({ error: { code: 'SERVICE_GONE' } });
  });
});
