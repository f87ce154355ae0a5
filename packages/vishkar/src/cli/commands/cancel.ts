/** `cancel`: asks the story to stop; it cleans up after itself before it ends. */
import { EXIT } from '../exit-codes.js';
import type { CommandContext } from '../command-context.js';
import { requireKey } from '../require-key.js';
import { withSession } from '../session.js';

export async function cancelCommand(
  { repository, output }: CommandContext,
  rawKey: string | undefined,
): Promise<number> {
  const key = requireKey(rawKey);
  return await withSession(repository, 'everything', async ({ client }) => {
    await client.cancel(key);
    output.progress(`${key}: asked to stop; waiting until it has cleaned up`);
    while (await client.isOpen(key)) await new Promise((resolve) => setTimeout(resolve, 200));
    const { outcome, branch } = await client.status(key);
    // It may have come to another end before the request reached it.
    if (outcome !== 'cancelled') {
      output.result([`${key}: had ended as ${String(outcome)} before`], { key, cancelled: false, outcome });
      return EXIT.notNow;
    }
    const kept = branch === '' ? '' : `; its branch ${branch} is kept`;
    output.result([`${key}: cancelled${kept}`], { key, cancelled: true, branch });
    return EXIT.ok;
  });
}
