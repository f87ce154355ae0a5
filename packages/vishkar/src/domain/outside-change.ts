/**
 * Word that something changed outside, as a source host or tracker sends it. It says where to look and nothing else: what is true is
 * asked of the host itself, so that a message which is late, forged or missing changes no verdict.
 */
export interface OutsideChange {
  /** For people: `check_run completed`. */
  readonly what: string;
  readonly branches: readonly string[];
  readonly pullRequests: readonly number[];
  /** Of stories. */
  readonly keys: readonly string[];
}

/** What a change can name of a story. */
export interface StoryPlace {
  readonly key: string;
  /** Undefined until its pull request is open. */
  readonly branch: string | undefined;
  readonly pullRequest: number | undefined;
}

export function concerns(change: OutsideChange, { key, branch, pullRequest }: StoryPlace): boolean {
  return (
    change.keys.includes(key) ||
    (branch !== undefined && change.branches.includes(branch)) ||
    (pullRequest !== undefined && change.pullRequests.includes(pullRequest))
  );
}
