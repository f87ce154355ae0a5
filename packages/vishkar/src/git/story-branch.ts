/**
 * The name of a story's branch: `vishkar/<KEY>-<slug>`. One branch per story: a title that changes later does not make
 * a second one, because an existing branch of the same key is adopted whatever its slug.
 */
const MAX_SLUG_LENGTH = 40;

/** Branch for a new story: `vishkar/DEMO-1-parse-iso-durations`. Letters outside ASCII lose their accents or drop out. */
export function storyBranch(storyKey: string, title: string): string {
  const slug = title
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, MAX_SLUG_LENGTH)
    .replace(/^-+|-+$/g, '');
  return slug === '' ? `vishkar/${storyKey}` : `vishkar/${storyKey}-${slug}`;
}

/** `ls-remote` and `for-each-ref` patterns for every branch that the story of `branch` may already have. */
export function storyBranchPatterns(branch: string, storyKey: string): readonly string[] {
  const end = branch.lastIndexOf(storyKey);
  if (end < 0) return [branch];
  const stem = branch.slice(0, end + storyKey.length);
  return [...new Set([branch, stem, `${stem}-*`])];
}
