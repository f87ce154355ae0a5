/**
 * secretlint's recommended rules over a text: the one place that knows how it is called. Comments that tell it to look away are
 * not heard, since whoever writes a secret into a change can write them as well.
 */
/** The rule of the preset that lets comments switch the others off. */
const BY_COMMENT = '@secretlint/secretlint-rule-filter-comments';

export interface FoundSecret {
  /** Such as `github` or `privatekey`. */
  readonly rule: string;
  /** 1-based. */
  readonly line: number;
  /** Character offsets of the secret itself, end excluded. */
  readonly range: readonly [number, number];
}

/** Never returns the secret: only where it stands. `path` decides what kind of file it is read as. */
export async function findSecrets(text: string, path: string): Promise<readonly FoundSecret[]> {
  // Loaded at the first call: most commands of the CLI never need it.
  const [{ lintSource }, { rules }] = await Promise.all([
    import('@secretlint/core'),
    import('@secretlint/secretlint-rule-preset-recommend'),
  ]);
  const { messages } = await lintSource({
    source: { content: text, filePath: path, ext: path.slice(path.lastIndexOf('.')), contentType: 'text' },
    options: {
      config: {
        // One by one: a preset does not let go of a rule that is disabled in it.
        rules: rules.filter(({ meta }) => meta.id !== BY_COMMENT).map((rule) => ({ id: rule.meta.id, rule })),
      },
      maskSecrets: true,
    },
  });
  return messages.map(({ ruleId, loc, range }) => ({
    rule: ruleId.replace('@secretlint/secretlint-rule-', ''),
    line: loc.start.line,
    range: [range[0], range[1]],
  }));
}
