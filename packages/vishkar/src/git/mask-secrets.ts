/**
 * Takes credentials out of text before it reaches an error, a log or a person.
 * Guards the rule that secrets never enter messages: git repeats remote URLs, and tools repeat tokens, in what they print.
 */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  // scheme://user:password@host and scheme://token@host; an ssh user name (ssh://git@host) is no secret.
  [/\b([a-z][a-z0-9+.-]*:\/\/)(?!git@)[^\s/@]+@/gi, '$1***@'],
  [/\b(authorization|private-token|x-api-key)(\s*[:=]\s*)(?:(basic|bearer|token)\s+)?[^\s"']+/gi, '$1$2***'],
  [/\b(?:gh[pousr]_|github_pat_|glpat-|xox[abprs]-|sk-(?:ant-|proj-)?)[A-Za-z0-9_-]{10,}/g, '***'],
];

/** Returns `text` with URL credentials, authorization headers and well-known token forms replaced by `***`. */
export function maskSecrets(text: string): string {
  return PATTERNS.reduce((masked, [pattern, replacement]) => masked.replace(pattern, replacement), text);
}
