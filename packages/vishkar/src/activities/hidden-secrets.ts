/**
 * The last border before the history: no text in what an activity returns, reports or fails with holds a secret of the project. Adapters
 * clean what they say themselves; this is for what none of them thought of.
 */

/** How deep the causes of an error are followed; deeper ones are cut off. */
const MAX_CAUSES = 8;

/** A copy of plain data in which every text went through `hide`. */
export function hideIn<T>(value: T, hide: (text: string) => string): T {
  if (typeof value === 'string') return hide(value) as T;
  if (Array.isArray(value)) return value.map((each: unknown) => hideIn(each, hide)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, hideIn<unknown>(each, hide)])) as T;
}

/** The same error, whose texts, stacks and causes went through `hide`: the SDK writes all of them into the history. */
export function hideInError(error: unknown, hide: (text: string) => string, depth = 0): unknown {
  if (!(error instanceof Error)) return typeof error === 'string' ? hide(error) : error;
  error.message = hide(error.message);
  if (error.stack !== undefined) error.stack = hide(error.stack);
  if (error.cause !== undefined)
    error.cause = depth < MAX_CAUSES ? hideInError(error.cause, hide, depth + 1) : undefined;
  return error;
}
