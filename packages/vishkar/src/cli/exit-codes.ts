/** Exit codes of the CLI, as documented in docs/cli.md; scripts may rely on them. */
export const EXIT = {
  /** Done; for `run`: the story is merged. */
  ok: 0,
  /** Something unexpected; the message says what. */
  failure: 1,
  /** Wrong use: an unknown option, a bad configuration, not a repository. */
  usage: 2,
  /** The story ended without a merge (rejected, expired, abandoned, cancelled, closed by hand). */
  notMerged: 3,
  /** The story does not wait for this now, or there is no such story. */
  notNow: 4,
  /** `doctor` found something that stops a story. */
  unhealthy: 5,
  /** Interrupted by Ctrl-C or SIGTERM; run again to go on. */
  interrupted: 130,
} as const;

const USAGE_CODES: ReadonlySet<string> = new Set([
  'NOT_A_REPOSITORY',
  'CONFIG_INVALID',
  'ENGINE_NOT_CONFIGURED',
  'REMOTE_NOT_LOCAL',
  'WEBHOOK_SECRET_MISSING',
  'PROXY_INVALID',
  'BACKLOG_FILE_INVALID',
  'BACKLOG_KEY_DUPLICATE',
  'USAGE',
]);
const NOT_NOW_CODES: ReadonlySet<string> = new Set([
  'NOT_WAITING',
  'STORY_NOT_STARTED',
  'STORY_NOT_FOUND',
  'NO_STORY_READY',
  'STORY_ALREADY_DONE',
  'STORY_CANCELLED',
  'STORY_ENDED',
]);

export function exitCodeOf(code: string): number {
  if (USAGE_CODES.has(code)) return EXIT.usage;
  if (NOT_NOW_CODES.has(code)) return EXIT.notNow;
  return EXIT.failure;
}
