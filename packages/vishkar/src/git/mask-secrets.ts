/**
 * Takes credentials out of text before it reaches an error, a log or a person: those of known values, and those of well-known forms.
 * Guards the rule that secrets never enter messages: git repeats remote URLs, and tools repeat tokens, in what they print.
 */
/** A shorter value would mask ordinary words. */
const MIN_SECRET_LENGTH = 6;

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

/**
 * A function that replaces the given values in a text by `***`, and well-known forms of secrets with them. A value is known again as it
 * is, encoded for a URL, inside of base64 (a header holds it so), and by each of its lines (a key in JSON is one line).
 */
export function maskOf(secrets: readonly string[]): (text: string) => string {
  const forms = [...new Set(secrets.flatMap(formsOf))].sort((a, b) => b.length - a.length);
  return (text) => maskSecrets(forms.reduce((masked, form) => masked.replaceAll(form, '***'), text));
}

/** {@link maskOf} for one text. */
export function maskValues(text: string, secrets: readonly string[]): string {
  return maskOf(secrets)(text);
}

function formsOf(secret: string): readonly string[] {
  const lines = secret.split(/\r?\n/).filter((line) => line.length >= MIN_SECRET_LENGTH && !line.startsWith('-----'));
  return lines.flatMap((line) => [line, encodeURIComponent(line), ...base64Forms(line)]);
}

/** Too few characters are left of a short one to be sure. */
const MIN_BASE64_LENGTH = 8;

/** The characters of base64 that depend on the value alone, at each of the three places that it can have in a longer text. */
function base64Forms(value: string): readonly string[] {
  return [0, 1, 2]
    .map((before) => {
      const encoded = Buffer.from('\0'.repeat(before) + value).toString('base64');
      // The first characters hold bits of what stands before; the last one may hold bits of what follows.
      return encoded.replace(/=+$/, '').slice(before === 0 ? 0 : before + 1, -1);
    })
    .filter((form) => form.length >= MIN_BASE64_LENGTH);
}
