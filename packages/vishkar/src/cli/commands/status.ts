/** `status`: where a story is, what it waits for, and with `--json` its evidence and findings too. */
import { EXIT } from '../exit-codes.js';
import type { CommandContext } from '../command-context.js';
import { requireKey } from '../require-key.js';
import { withSession } from '../session.js';
import { stepLine } from '../story-progress.js';
import type { Spent } from '../../domain/story-budget.js';
import { listCommand } from './list.js';

export async function statusCommand(context: CommandContext, rawKey: string | undefined): Promise<number> {
  if (rawKey === undefined) return await listCommand(context);
  const key = requireKey(rawKey);
  return await withSession(context.repository, 'answers', async ({ client }) => {
    const status = await client.status(key);
    const lines = [
      `${status.key} "${status.title}": ${status.outcome ?? status.state}`,
      ...status.steps.map(stepLine),
      ...(status.waiting === null
        ? []
        : [
            `waits for ${status.waiting.for}: ${status.waiting.question}`,
            `since ${status.waiting.since}, until ${status.waiting.until}; released by: ${status.waiting.releasedBy}`,
          ]),
      ...(status.pullRequest === null ? [] : [`pull request ${status.pullRequest.url} (${status.pullRequest.state})`]),
      ...(status.engine?.recordedFrom === undefined ? [] : [`recorded engine: ${status.engine.recordedFrom}`]),
      ...(status.spent.tokens === 0 ? [] : [usedLine(status.spent)]),
      ...status.protectedChanges.map(
        ({ path, change, decision, by }) => `protected: ${path} (${change}), ${decision} by ${by}`,
      ),
      ...status.notes.map((note) => `note: ${note}`),
    ];
    const json = context.output.json;
    context.output.result(
      lines,
      json ? { ...status, evidence: await client.evidence(key), findings: await client.findings(key) } : undefined,
    );
    return EXIT.ok;
  });
}

function usedLine({ tokens, usd }: Spent): string {
  return `used ${String(tokens)} tokens${usd === 0 ? '' : `, ${usd.toFixed(2)} US dollars`}`;
}
