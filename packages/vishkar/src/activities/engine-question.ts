/**
 * The question that an engine leaves in a file of its worktree instead of guessing. The file is never committed, and stays until
 * a person has answered what stands in it: a worker that is killed before it could tell finds it again.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Guidance } from '../domain/guidance.js';
import { QUESTION_FILE } from '../engines/engine-prompt.js';
import { VishkarError } from '../errors.js';
import type { ReportedUsage } from '../domain/usage.js';
import type { EngineFailureDetails } from '../domain/engine-failure.js';
import { readInWorktree } from '../git/worktree-content.js';
import { withoutSecrets } from '../review/without-secrets.js';

const QUESTION_CHARACTERS = 2_000;

/** Throws VishkarError `ENGINE_ASKS` for a question that nobody has answered; the file of an answered one is removed. */
export async function refuseQuestion(
  worktree: string,
  guidance: readonly Guidance[],
  used: ReportedUsage = {},
): Promise<void> {
  const path = join(worktree, QUESTION_FILE);
  // A link would have us publish whatever it leads to.
  const written = (await readInWorktree(worktree, QUESTION_FILE)) ?? '';
  const question = await withoutSecrets(written.trim().slice(0, QUESTION_CHARACTERS));
  if (question === '' || guidance.some((each) => each.question === question)) {
    await rm(path, { force: true, recursive: true });
    return;
  }
  const details: EngineFailureDetails = { question, ...used };
  throw new VishkarError('ENGINE_ASKS', `The engine asks: ${question}`, {
    hint: 'Answer in the tracker, or with "vishkar answer".',
    details,
  });
}
