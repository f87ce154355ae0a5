/** `approve`, `reject`, `answer`, `confirm`, `steer`: a person's word reaches the story as an update that its validator checks. */
import { ANSWER_CHOICES } from '../../workflows/story-messages.js';
import type { AnswerChoice } from '../../workflows/story-messages.js';
import { VishkarError } from '../../errors.js';
import { EXIT } from '../exit-codes.js';
import type { CommandContext } from '../command-context.js';
import { maskSecrets } from '../../git/mask-secrets.js';
import { requireKey } from '../require-key.js';
import { withSession } from '../session.js';
import { whoDecides } from '../who.js';

export async function approveCommand(
  { repository, output }: CommandContext,
  rawKey: string | undefined,
  options: { readonly by?: string; readonly comment: string; readonly head?: string },
): Promise<number> {
  const key = requireKey(rawKey);
  return await withSession(repository, 'answers', async ({ project, client }) => {
    const by = await whoDecides(options.by, project.repository);
    const status = await client.status(key);
    const headSha = wholeSha(options.head, status.headSha);
    await client.approve(key, { by, comment: options.comment, headSha });
    const lines = [`${key}: approved by ${by} at ${headSha}`];
    output.result(lines, { key, approved: true, by, headSha });
    return EXIT.ok;
  });
}

export async function rejectCommand(
  { repository, output }: CommandContext,
  rawKey: string | undefined,
  options: { readonly by?: string; readonly reason: string },
): Promise<number> {
  const key = requireKey(rawKey);
  return await withSession(repository, 'answers', async ({ project, client }) => {
    const by = await whoDecides(options.by, project.repository);
    const { headSha } = await client.status(key);
    await client.reject(key, { by, reason: options.reason, headSha });
    output.result([`${key}: rejected by ${by}`], { key, rejected: true, by, headSha });
    return EXIT.ok;
  });
}

export async function answerCommand(
  { repository, output }: CommandContext,
  rawKey: string | undefined,
  options: { readonly by?: string; readonly reason: string; readonly choice?: string },
): Promise<number> {
  const key = requireKey(rawKey);
  const choice = requireChoice(options.choice);
  return await withSession(repository, 'answers', async ({ project, client }) => {
    const by = await whoDecides(options.by, project.repository);
    await client.answer(key, { choice, reason: options.reason, by });
    output.result([`${key}: ${by} answered "${choice}"`], { key, answered: choice, by });
    return EXIT.ok;
  });
}

export async function confirmCommand(
  { repository, output }: CommandContext,
  rawKey: string | undefined,
  options: { readonly by?: string; readonly reason: string; readonly criterion?: string },
): Promise<number> {
  const key = requireKey(rawKey);
  const criterion = (options.criterion ?? '').toUpperCase();
  return await withSession(repository, 'answers', async ({ project, client }) => {
    const by = await whoDecides(options.by, project.repository);
    // It will stand in the history and in the receipt.
    const reason = maskSecrets(options.reason);
    const told = await client.confirm(key, { criterion, by, reason });
    output.result([`${key}: ${by} confirmed ${criterion}; ${told}`], { key, criterion, by, reason, told });
    return EXIT.ok;
  });
}

export async function steerCommand(
  { repository, output }: CommandContext,
  rawKey: string | undefined,
  options: { readonly by?: string; readonly text?: string },
): Promise<number> {
  const key = requireKey(rawKey);
  return await withSession(repository, 'answers', async ({ project, client }) => {
    const by = await whoDecides(options.by, project.repository);
    // It will stand in the history and in the receipt.
    const text = maskSecrets(options.text ?? '');
    const told = await client.steer(key, { by, text });
    output.result([`${key}: ${told}`], { key, by, text, told });
    return EXIT.ok;
  });
}

/** The asked head when `given` is left out or is the beginning of it, as people copy it from a log. */
function wholeSha(given: string | undefined, asked: string): string {
  return given === undefined || (/^[0-9a-f]{7,}$/.test(given) && asked.startsWith(given)) ? asked : given;
}

function requireChoice(choice: string | undefined): AnswerChoice {
  const known = ANSWER_CHOICES.find((candidate) => candidate === choice);
  if (known !== undefined) return known;
  throw new VishkarError('USAGE', `"${choice ?? ''}" is no answer.`, {
    hint: `Answer with one of ${ANSWER_CHOICES.join(', ')}.`,
  });
}
