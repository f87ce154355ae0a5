/** `serve`: service and worker of a project until SIGINT or SIGTERM; other commands find it by the project's service file. */
import { setTimeout as pause } from 'node:timers/promises';
import { StoryClient } from '../../client/story-client.js';
import { createStoryTools } from '../../composition/create-story-tools.js';
import { openWebhooks, webhookSources } from '../../composition/open-webhooks.js';
import type { OpenWebhooks } from '../../composition/open-webhooks.js';
import type { WebhookSource } from '../../webhooks/webhook-source.js';
import { openProject } from '../../config/project.js';
import { VishkarError } from '../../errors.js';
import { accessTemporal, externalAccess, isAddressTaken, runningAccess } from '../../service/temporal-access.js';
import type { TemporalAccess } from '../../service/temporal-access.js';
import type { Project } from '../../config/project.js';
import { startStoryWorker } from '../../worker/story-worker.js';
import type { StoryWorker } from '../../worker/story-worker.js';
import { EXIT } from '../exit-codes.js';
import { untilInterrupted } from '../interruption.js';
import type { CommandContext } from '../command-context.js';

const ADDRESS_CHECK_MS = 1_000;

interface ServeOptions {
  readonly only?: string;
  readonly port?: string;
  readonly withParent?: boolean;
}

export async function serveCommand(
  { repository, output }: CommandContext,
  _key: string | undefined,
  options: ServeOptions,
): Promise<number> {
  if (options.only !== undefined && options.only !== 'service' && options.only !== 'worker')
    throw new VishkarError('USAGE', `"${options.only}" can't be served.`, {
      hint: 'Say --only service or --only worker, or leave it out for both.',
    });
  if (options.port !== undefined && !(/^\d{1,5}$/.test(options.port) && Number(options.port) < 65_536))
    throw new VishkarError('USAGE', `"${options.port}" is no port.`, { hint: 'Give a number from 0 (any) to 65535.' });
  const project = await openProject(repository);
  const tools = options.only === 'service' ? undefined : await createStoryTools(project);
  const sources = tools === undefined ? [] : webhookSources(project, process.env);
  const access =
    options.only === 'worker'
      ? await requireService(project)
      : await accessTemporal(project, process.env, options.port);
  let worker: StoryWorker | undefined;
  let webhooks: OpenWebhooks | undefined;
  try {
    worker = tools === undefined ? undefined : await startStoryWorker(access, tools);
    output.progress(
      `${project.name}: ${worker === undefined ? 'service' : 'worker'} at ${access.address}, task queue ${access.taskQueue}; Ctrl-C stops it`,
    );
    if (sources.length > 0) webhooks = await receiveWebhooks(project, sources, access, output);
    for (const address of webhooks?.addresses ?? []) output.progress(`${project.name}: webhooks at ${address}`);
    await Promise.race([
      untilInterrupted(),
      ...(options.withParent === true ? [untilParentIsGone()] : []),
      ...(worker === undefined ? [] : [worker.done]),
      ...(access.kind === 'running' ? [untilAddressIsTaken(project, access)] : []),
    ]);
  } finally {
    try {
      await webhooks?.close();
      await worker?.stop();
    } finally {
      await access.close();
    }
  }
  output.result(['stopped'], { stopped: true });
  return EXIT.ok;
}

/** Beside the worker, over a connection of their own. */
async function receiveWebhooks(
  project: Project,
  sources: readonly WebhookSource[],
  access: TemporalAccess,
  output: CommandContext['output'],
): Promise<OpenWebhooks> {
  const client = await StoryClient.connect(access);
  const onProblem = (problem: unknown) => {
    output.progress(`a webhook woke no story: ${problem instanceof Error ? problem.message : String(problem)}`);
  };
  try {
    const port = project.config.webhooks?.port ?? 0;
    const webhooks = await openWebhooks({ port, sources }, client, onProblem);
    const close = async () => {
      await webhooks.close();
      await client.close();
    };
    return { addresses: webhooks.addresses, close };
  } catch (error) {
    await client.close();
    throw error;
  }
}

async function requireService(project: Project): Promise<TemporalAccess> {
  const access = externalAccess(project, process.env) ?? (await runningAccess(project));
  if (access !== undefined) return access;
  throw new VishkarError('SERVICE_NOT_RUNNING', `No Temporal service of ${project.name} runs here.`, {
    hint: 'Start "vishkar serve --only service" first, or set TEMPORAL_ADDRESS.',
    retryable: true,
  });
}

/** A worker that comes back to its address must not do the work of another project, whose service listens there now. */
async function untilAddressIsTaken(project: Project, access: TemporalAccess): Promise<never> {
  while (!(await isAddressTaken(access))) await pause(ADDRESS_CHECK_MS, undefined, { ref: false });
  throw new VishkarError(
    'SERVICE_GONE',
    `Another service listens at ${access.address}, where that of ${project.name} did.`,
    {
      hint: 'Start "vishkar serve --only service" again, then the worker.',
      retryable: true,
    },
  );
}

/** Whoever started us holds the other end of our standard input. */
function untilParentIsGone(): Promise<void> {
  return new Promise((resolve) => {
    process.stdin.on('end', resolve).on('error', resolve).resume();
  });
}
