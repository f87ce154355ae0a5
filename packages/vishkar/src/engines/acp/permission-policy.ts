/**
 * Answers an agent's questions for permission. Engines run in a mode that asks nothing; what is asked all the same is
 * answered by rule, by the kind of an option (ids differ between agents), and written to the transcript.
 *
 *   always refused -> the project's rules, the first that fits -> allowed within the worktree -> refused
 *
 * Links are followed before paths are compared. It answers questions, and is no sandbox: what an agent does without asking is
 * kept in bounds by its isolation alone.
 */
import { realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { RequestPermissionRequest, RequestPermissionResponse } from '@agentclientprotocol/sdk';
import type { PermissionRule } from './permission-rule.js';

export interface PermissionAnswer {
  readonly allowed: boolean;
  /** Why, for the transcript. */
  readonly reason: string;
  readonly response: RequestPermissionResponse;
}

interface Decision {
  readonly allowed: boolean;
  readonly reason: string;
}

/** What is asked for, with links followed. */
interface Question {
  readonly kind: string;
  readonly paths: readonly string[];
  readonly command: string;
}

/** What Vishkar does itself, or nobody should from a worktree. */
const DENIED_COMMANDS: readonly (readonly [RegExp, string])[] = [
  [/\bgit\s+(?:-\S+\s+)*(?:push|remote|config|worktree|reset\s+--hard)\b/, 'git settings and pushes are not its own'],
  [/\b(?:sudo|su|doas)\s/, 'it runs with the rights it has'],
  [/\bnpm\s+(?:publish|login|adduser|token)\b/, 'nothing is published from a worktree'],
];
const CHANGING_KINDS = new Set(['edit', 'delete', 'move']);
/** Without a path these only look around where the agent works. */
const LOOKING_KINDS = new Set(['read', 'search', 'think']);
/** Where agents write the path of a tool call into its input. */
const PATH_FIELDS = ['path', 'file_path', 'filePath', 'abs_path', 'absolute_path', 'cwd', 'workdir'];

/** Decides by tool kind, paths and command; the answer never depends on an option's name or id. */
export async function answerPermission(
  request: RequestPermissionRequest,
  { worktree, rules }: { readonly worktree: string; readonly rules: readonly PermissionRule[] },
): Promise<PermissionAnswer> {
  const root = await followed(worktree);
  const real = async (path: string) => await followed(resolve(root, path));
  const question = await readQuestion(request, real);
  const placed = rules.map(async ({ folder, ...rule }) =>
    folder === undefined ? rule : { ...rule, folder: await real(folder) },
  );
  const decision = decide(question, root, await Promise.all(placed));
  const kinds = decision.allowed ? ['allow_once', 'allow_always'] : ['reject_once', 'reject_always'];
  const option = kinds
    .map((kind) => request.options.find((each) => each.kind === kind))
    .find((each) => each !== undefined);
  // An agent that offers no such option gets no consent.
  if (option === undefined) {
    const reason = decision.allowed ? 'consent is not among the options' : decision.reason;
    return { allowed: false, reason, response: { outcome: { outcome: 'cancelled' } } };
  }
  return { ...decision, response: { outcome: { outcome: 'selected', optionId: option.optionId } } };
}

function decide(question: Question, worktree: string, rules: readonly PermissionRule[]): Decision {
  const { kind, paths, command } = question;
  const denied = DENIED_COMMANDS.find(([pattern]) => pattern.test(command));
  if (denied !== undefined) return { allowed: false, reason: denied[1] };
  const settings = join(worktree, '.git');
  if (CHANGING_KINDS.has(kind) && paths.some((path) => isInside(path, settings)))
    return { allowed: false, reason: 'git settings and pushes are not its own' };
  const at = rules.findIndex((rule) => fits(rule, question));
  const rule = rules[at];
  if (rule !== undefined)
    return { allowed: rule.decision === 'allow', reason: `rule ${String(at + 1)} of "permissions"` };
  const outside = paths.find((path) => !isInside(path, worktree));
  if (outside !== undefined) return { allowed: false, reason: `${outside} is not in the worktree` };
  const stays =
    kind !== 'fetch' && (paths.length > 0 || command !== '' || kind === 'execute' || LOOKING_KINDS.has(kind));
  return stays
    ? { allowed: true, reason: 'it is in the worktree' }
    : { allowed: false, reason: 'nothing says that it stays in the worktree' };
}

function fits({ decision, kinds, folder }: PermissionRule, { kind, paths }: Question): boolean {
  if (kinds !== undefined && !kinds.some((each) => each === kind)) return false;
  if (folder === undefined) return true;
  const isIn = (path: string) => isInside(path, folder);
  return decision === 'allow' ? paths.length > 0 && paths.every(isIn) : paths.some(isIn);
}

async function readQuestion(
  { toolCall }: RequestPermissionRequest,
  real: (path: string) => Promise<string>,
): Promise<Question> {
  const input = isRecord(toolCall.rawInput) ? toolCall.rawInput : {};
  const { command } = input;
  const named = [
    ...(toolCall.locations ?? []).map(({ path }) => path),
    ...(toolCall.content ?? []).flatMap((each) => (each.type === 'diff' ? [each.path] : [])),
    ...PATH_FIELDS.flatMap((field) => (typeof input[field] === 'string' ? [input[field]] : [])),
  ];
  return {
    kind: toolCall.kind ?? 'other',
    paths: await Promise.all([...new Set(named)].map(real)),
    command: Array.isArray(command) ? command.join(' ') : typeof command === 'string' ? command : '',
  };
}

/** Where a path leads; of one that is not there yet, its nearest folder that is. */
async function followed(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const parent = dirname(path);
    // A loop of links, or a folder that can't be read, leads nowhere: the path is compared as it stands.
    if ((code !== 'ENOENT' && code !== 'ENOTDIR') || parent === path) return path;
    return join(await followed(parent), path.slice(parent.length));
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
