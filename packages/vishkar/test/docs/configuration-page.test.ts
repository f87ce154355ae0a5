/** docs/configuration.md lists every field of the configuration with its default, and no other. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { projectConfigSchema } from '../../src/config/project-config.js';

const page = readFileSync(fileURLToPath(new URL('../../../../docs/configuration.md', import.meta.url)), 'utf8');

const objectSchema = z.object({ properties: z.record(z.string(), z.unknown()) });

/** Every field as `section.field`; what a field holds has a page of its own. */
function fieldsOf(schema: unknown, path: readonly string[] = []): string[] {
  const parsed = objectSchema.safeParse(schema);
  if (path.length === 2 || !parsed.success) return [path.join('.')];
  return Object.entries(parsed.data.properties).flatMap(([name, field]) => fieldsOf(field, [...path, name]));
}

const rows = [...page.matchAll(/^\| (`[^|]+) \| ([^|]+) \|/gm)].map(([, names = '', fallback = '']) => ({
  fields: [...names.matchAll(/`([A-Za-z.]+)`/g)].map(([, field]) => field ?? ''),
  fallback: /^`(.+)`$/.exec(fallback)?.[1],
}));
const listed = rows.flatMap(({ fields }) => fields);

it('docs/configuration.md lists every field, and no other', () => {
  const schema = z.toJSONSchema(projectConfigSchema, { io: 'input', unrepresentable: 'any' });
  expect(listed.toSorted()).toEqual(fieldsOf(schema).toSorted());
});

it('docs/configuration.md tells the defaults', () => {
  const defaults: unknown = projectConfigSchema.parse({});
  const valueAt = (field: string) =>
    field.split('.').reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], defaults);
  for (const { fields, fallback } of rows)
    for (const field of fields)
      if (valueAt(field) !== undefined) expect([field, fallback]).toEqual([field, JSON.stringify(valueAt(field))]);
});

it('docs/configuration.md shows an example that is valid', () => {
  const examples = [...page.matchAll(/^```json\n([^]*?)^```/gm)].map(([, text = '']) => JSON.parse(text) as unknown);
  expect(examples).toHaveLength(1);
  expect(projectConfigSchema.parse(examples[0])).toMatchObject({
    sourceHost: { kind: 'local-git', remote: 'vishkar' },
  });
});
