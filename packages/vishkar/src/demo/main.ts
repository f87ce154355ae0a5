/**
 * `npm start`: a real story of an example repository through all 17 steps, on the embedded service, to a merged pull request.
 * Cut off, the next call goes on with the same story.
 */
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { StoryClient } from '../client/story-client.js';
import { followStory } from '../client/follow-story.js';
import { askApproval } from '../cli/ask-approval.js';
import { EXIT } from '../cli/exit-codes.js';
import { interruptionSignal } from '../cli/interruption.js';
import { createOutput } from '../cli/output.js';
import type { Output } from '../cli/output.js';
import { progressLines } from '../cli/story-progress.js';
import { openTracker } from '../composition/open-tracker.js';
import { openProject } from '../config/project.js';
import type { Project } from '../config/project.js';
import { compareByPriority } from '../domain/story.js';
import type { StepId } from '../domain/step.js';
import { VishkarError } from '../errors.js';
import { engineConfigFromEnvironment } from '../engines/engine-config.js';
import { isServiceGone } from '../service/temporal-access.js';
import type { StoryStatusView } from '../workflows/story-messages.js';
import { dropDemo, finishDemoCopy, openDemoCopy } from './demo-copy.js';
import type { DemoCopy } from './demo-copy.js';
import { parseDemoOptions } from './demo-options.js';
import type { DemoOptions } from './demo-options.js';
import { startAsProcesses, startInProcess } from './demo-parts.js';
import type { DemoParts } from './demo-parts.js';
import { demoReport, reportLines } from './demo-report.js';
import { dueKill } from './kill-plan.js';

const TOP = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', '..');
const EXAMPLE = join(TOP, 'examples', 'duration-kit');
/** Between two attempts to reach a service that is away. */
const APPROVE_AGAIN_MS = 500;
const RECORDING = join(TOP, 'examples', 'duration-kit.recording');

async function demo(options: DemoOptions, output: Output): Promise<number> {
  const root = resolve(options.folder);
  if (options.reset) {
    await dropDemo(root);
    output.result(['the demo is thrown away; npm start begins afresh'], { reset: true });
    return EXIT.ok;
  }
  const copy = await openDemoCopy(root, EXAMPLE, demoConfig());
  process.env['VISHKAR_HOME'] = copy.home;
  const project = await openProject(copy.repository);
  output.progress(copy.goesOn ? `goes on with the story in ${copy.repository}` : `working copy in ${copy.repository}`);
  const key = await topStory(project, copy);
  for (let goesOn = copy.goesOn; ; goesOn = true) {
    const parts = options.kill ? await startAsProcesses(project) : await startInProcess(project);
    try {
      const client = await StoryClient.connect(parts.access);
      try {
        const demonstrated = drive({ client, project, copy: { ...copy, goesOn }, parts, key, root, output });
        return await Promise.race([demonstrated, parts.failed]);
      } finally {
        await client.close();
      }
    } catch (error) {
      if (!(error instanceof VishkarError) || error.code !== 'SERVICE_GONE') throw error;
      output.progress('the process that served it has ended; this one takes over');
    } finally {
      await parts.stop();
    }
  }
}

interface Drive {
  readonly client: StoryClient;
  readonly project: Project;
  readonly copy: DemoCopy;
  readonly parts: DemoParts;
  readonly key: string;
  readonly root: string;
  readonly output: Output;
}

async function drive({ client, project, copy, parts, key, root, output }: Drive): Promise<number> {
  const signal = interruptionSignal();
  const killed = new Set<StepId>();
  let kills = 0;
  // A story that has ended already only lacks its report: starting it would be another story.
  const isKnown = copy.goesOn && (await client.list()).some((story) => story.key === key);
  if (!isKnown) await client.start(key, project.name, project.config.story);
  output.progress(`${key} ${isKnown ? 'goes on' : 'started'} on the Temporal service at ${parts.access.address}`);
  let last: StoryStatusView | undefined;
  for await (const status of followStory(client, key, signal, () => isServiceGone(project, parts.access))) {
    for (const line of progressLines(last, status)) output.progress(line);
    last = status;
    const due = parts.canKill ? dueKill(status, killed) : undefined;
    if (due !== undefined) {
      killed.add(due.step);
      for (const part of due.parts) {
        output.progress(`        SIGKILL ${part === 'worker' ? 'worker and engine' : part} at step ${due.step}`);
        kills += 1;
        await parts.kill(part);
      }
    }
    if (status.waiting?.for === 'approval') await approveDemo(client, project, status, output, signal);
  }
  if (signal.aborted || last === undefined) {
    output.progress('interrupted; npm start goes on');
    return EXIT.interrupted;
  }
  const report = demoReport(last, await client.evidence(key), copy.remote, kills);
  await finishDemoCopy(root);
  output.result(reportLines(report, copy.repository), report);
  return report.status === 'merged' ? EXIT.ok : EXIT.notMerged;
}

/** A person on a terminal decides; without one the demo's approver does, and says so. */
async function approveDemo(
  client: StoryClient,
  project: Project,
  status: StoryStatusView,
  output: Output,
  signal: AbortSignal,
): Promise<void> {
  if (process.stdin.isTTY && process.stderr.isTTY) {
    await askApproval(client, project.repository, status, signal);
    return;
  }
  output.progress(`        no terminal: the demo's approver approves ${status.headSha.slice(0, 12)}`);
  const { headSha } = status;
  while (!signal.aborted)
    try {
      await client.approve(status.key, { by: 'demo-approver', comment: 'npm start without a terminal', headSha });
      return;
    } catch (error) {
      // Taken before by a call that lost its answer, or the head has moved: the next status tells.
      if (error instanceof VishkarError && error.code === 'NOT_WAITING') return;
      // The service is being killed and started by --kill; anything else shows as a story that waits.
      await new Promise((resolve) => setTimeout(resolve, APPROVE_AGAIN_MS));
    }
}

/** The recorded session, unless the environment names a model for a real engine. */
function demoConfig(): Readonly<Record<string, unknown>> {
  const engine = engineConfigFromEnvironment(process.env) ?? { engine: 'recorded', recording: RECORDING };
  return { project: 'duration-kit', engine };
}

async function topStory(project: Project, copy: DemoCopy): Promise<string> {
  const stories = [...(await openTracker(project).list())].sort(compareByPriority);
  // A story that is under way (or done, when only the report was cut off) is the one this copy was made for.
  const story = copy.goesOn
    ? (stories.find(({ status }) => status !== 'todo') ?? stories[0])
    : stories.find(({ status }) => status === 'todo');
  if (story === undefined) throw new Error(`the backlog of ${copy.repository} has no story`);
  return story.key;
}

const options = parseDemoOptions(process.argv, join(TOP, '.vishkar-demo'));
const output = createOutput(options.json);
try {
  process.exitCode = await demo(options, output);
} catch (error) {
  process.exitCode = output.fail(error);
}
