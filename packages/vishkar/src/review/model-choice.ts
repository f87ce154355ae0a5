/** Which models sit on a panel: those that did not write the change themselves, as long as there are others. Pure. */

/** `models`: as configured (`anthropic:claude-sonnet-4-5`); `authors`: models as engines name them (`anthropic/claude-sonnet-4-5-20250929`). */
export function reviewersFor(models: readonly string[], authors: readonly string[]): readonly string[] {
  const wrote = new Set(authors.map(bareName).filter((name) => name !== '' && name !== 'none'));
  const others = [...new Set(models)].filter((model) => !wrote.has(bareName(model.slice(model.indexOf(':') + 1))));
  // One reviewer that knows its own work is better than none.
  return others.length > 0 ? others : [...new Set(models)];
}

/** Without maker, date and `latest`: the same model has many names. */
function bareName(model: string): string {
  const name = model.slice(model.lastIndexOf('/') + 1).toLowerCase();
  return name.replace(/[-@](?:\d{8}|\d{4}-\d{2}-\d{2}|latest)$/, '').replace(/\./g, '-');
}
