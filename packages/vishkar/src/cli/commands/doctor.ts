/** `doctor`: checks what a story needs here, one line each, with what to do about what is missing. */
import { execPath } from 'node:process';
import { storyRemote } from '../../activities/story-tools.js';
import { describeIsolation, describeRole, engineRoles } from '../../composition/engine-roles.js';
import { createStoryTools } from '../../composition/create-story-tools.js';
import { openTracker } from '../../composition/open-tracker.js';
import { webhookSources } from '../../composition/open-webhooks.js';
import { openProject } from '../../config/project.js';
import { VishkarError } from '../../errors.js';
import { gitText } from '../../git/git-command.js';
import { defaultBranch } from '../../git/remote.js';
import { externalAccess, runningAccess } from '../../service/temporal-access.js';
import { EXIT } from '../exit-codes.js';
import type { CommandContext } from '../command-context.js';

interface Check {
  readonly name: string;
  readonly status: 'ok' | 'missing';
  readonly detail: string;
  readonly hint: string;
}

export async function doctorCommand({ repository, output }: CommandContext): Promise<number> {
  const checks: Check[] = [];
  const check = async (name: string, look: () => Promise<string>) => {
    try {
      checks.push({ name, status: 'ok', detail: await look(), hint: '' });
    } catch (error) {
      const hint = error instanceof VishkarError ? error.hint : '';
      checks.push({ name, status: 'missing', detail: error instanceof Error ? error.message : String(error), hint });
    }
  };
  await check('node', () => Promise.resolve(`${process.version} at ${execPath}`));
  await check('git', () => gitText(['--version'], { cwd: repository }));
  const project = await openProject(repository);
  await check('repository', () => Promise.resolve(project.repository));
  await check('temporal', async () => {
    const found = externalAccess(project, process.env) ?? (await runningAccess(project));
    return found === undefined
      ? `embedded, started when needed, on ${project.state.database}`
      : `${found.kind} at ${found.address}`;
  });
  await check('adapters', async () => {
    await createStoryTools(project);
    return 'configuration is complete';
  });
  if (project.config.webhooks !== undefined)
    await check('webhooks', () => {
      const names = webhookSources(project, process.env).map(({ name }) => name);
      return Promise.resolve(`of ${names.join(' and ')}, received by "vishkar serve"`);
    });
  const tools = await createStoryTools(project).catch(() => undefined);
  if (tools !== undefined) {
    await check('remote', async () => {
      const [problem] = await tools.sourceHost.problems();
      if (problem !== undefined) throw problem;
      const branch = await defaultBranch({ repository: project.repository, ...storyRemote(tools) });
      return `${tools.sourceHost.remoteUrl}, default branch ${branch}`;
    });
    await check('backlog', async () => {
      const tracker = openTracker(project);
      const [problem, ...more] = await tracker.problems();
      if (problem === undefined) return `${String((await tracker.list()).length)} stories`;
      const others = more.length === 0 ? '' : ` (and ${String(more.length)} more; "vishkar list" names them)`;
      throw new VishkarError(problem.code, `${problem.message}${others}`, { hint: problem.hint });
    });
    const context = { repository: project.repository, environment: process.env };
    for (const role of engineRoles(project.config, context)) {
      await check('engine', () => describeRole(role));
      await check('isolation', () => describeIsolation(role));
    }
    await check('commands', async () => {
      const commands = await tools.runner.commands(project.repository);
      return commands.map((command) => `${command.name}: ${command.argv.join(' ')}`).join('; ') || 'none found';
    });
  }
  const isHealthy = checks.every((item) => item.status === 'ok');
  output.result(
    checks.map(
      (item) =>
        `${item.status.padEnd(8)}${item.name.padEnd(12)}${item.detail}${item.hint === '' ? '' : `\n${' '.repeat(20)}${item.hint}`}`,
    ),
    { healthy: isHealthy, checks },
  );
  return isHealthy ? EXIT.ok : EXIT.unhealthy;
}
