/** The file in which an engine leaves its plan. It is read, checked, and gone with everything else of the turn: a plan changes no code. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { planSchema } from '../domain/plan.js';
import type { Plan } from '../domain/plan.js';
import { PLAN_FILE } from '../engines/engine-prompt.js';
import { VishkarError } from '../errors.js';
import { readInWorktree } from '../git/worktree-content.js';
import { withoutSecrets } from '../review/without-secrets.js';

/** Throws VishkarError `PLAN_UNREADABLE` when there is none, or it has another form. */
export async function readPlan(worktree: string): Promise<Plan> {
  const text = await withoutSecrets((await readInWorktree(worktree, PLAN_FILE)) ?? '');
  // Where a project ignores it, nothing else would remove it.
  await rm(join(worktree, PLAN_FILE), { force: true, recursive: true });
  const plan = planSchema.safeParse(parseJson(text));
  if (plan.success) return plan.data;
  const reason = text.trim() === '' ? 'there is none' : (plan.error.issues[0]?.message ?? 'it has another form');
  throw new VishkarError('PLAN_UNREADABLE', `The engine left no plan that can be read in ${PLAN_FILE}: ${reason}.`, {
    hint: 'Answer "retry" for another try, or start the story without "plan" in the options of stories.',
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
