/**
 * Answers an agent's questions for permission. Engines run in a mode that asks nothing; what is asked all the same is
 * answered by rule, by the kind of an option (ids differ between agents), and written to the transcript.
 */
import { isAbsolute, relative, resolve, sep } from 'node:path';
import type { RequestPermissionRequest, RequestPermissionResponse } from '@agentclientprotocol/sdk';

export interface PermissionAnswer {
  readonly allowed: boolean;
  /** Why not, for the transcript. */
  readonly reason?: string;
  readonly response: RequestPermissionResponse;
}

/** What Vishkar does itself, or nobody should from a worktree. */
const DENIED_COMMANDS: readonly (readonly [RegExp, string])[] = [
  [/\bgit\s+(?:-\S+\s+)*(?:push|remote|config|worktree|reset\s+--hard)\b/, 'git settings and pushes are not its own'],
  [/\b(?:sudo|su|doas)\s/, 'it runs with the rights it has'],
  [/\bnpm\s+(?:publish|login|adduser|token)\b/, 'nothing is published from a worktree'],
];
const CHANGING_KINDS = new Set(['edit', 'delete', 'move']);

/** Decides by tool kind, paths and command; the answer never depends on an option's name or id. */
export function answerPermission(request: RequestPermissionRequest, worktree: string): PermissionAnswer {
  const reason = findObjection(request, worktree);
  const kinds = reason === undefined ? ['allow_once', 'allow_always'] : ['reject_once', 'reject_always'];
  const option = kinds
    .map((kind) => request.options.find((each) => each.kind === kind))
    .find((each) => each !== undefined);
  // An agent that offers no such option gets no consent.
  const response: RequestPermissionResponse =
    option === undefined
      ? { outcome: { outcome: 'cancelled' } }
      : { outcome: { outcome: 'selected', optionId: option.optionId } };
  const allowed = reason === undefined && option !== undefined;
  return { allowed, response, ...(reason === undefined ? {} : { reason }) };
}

function findObjection({ toolCall }: RequestPermissionRequest, worktree: string): string | undefined {
  const outside = (toolCall.locations ?? []).find(({ path }) => !isInside(path, worktree));
  if (outside !== undefined && CHANGING_KINDS.has(toolCall.kind ?? 'other')) {
    return `${outside.path} is not in the worktree`;
  }
  const command = commandOf(toolCall.rawInput);
  return DENIED_COMMANDS.find(([pattern]) => pattern.test(command))?.[1];
}

function commandOf(input: unknown): string {
  if (typeof input !== 'object' || input === null || !('command' in input)) return '';
  const { command } = input;
  return Array.isArray(command) ? command.join(' ') : typeof command === 'string' ? command : '';
}

function isInside(path: string, worktree: string): boolean {
  const way = relative(worktree, resolve(worktree, path));
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
