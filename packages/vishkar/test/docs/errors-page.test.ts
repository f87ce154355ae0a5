/** docs/errors.md names every code that the sources can report, and no other. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { EXIT, exitCodeOf } from '../../src/cli/exit-codes.js';

const SOURCES = fileURLToPath(new URL('../../src/', import.meta.url));
const page = readFileSync(fileURLToPath(new URL('../../../../docs/errors.md', import.meta.url)), 'utf8');
const sources = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .map((file) => readFileSync(join(SOURCES, file), 'utf8'))
  .join('\n');

/** Where a code stands in the sources: in an error that is made, in a table of kinds, as the type of a failure. */
const PLACES = [
  /new VishkarError\(\s*'([A-Z_]+)'/g,
  /new VishkarError\([^'\n]+\? '([A-Z_]+)' : '([A-Z_]+)'/g,
  /\b(?:code|type): '([A-Z]+(?:_[A-Z]+)*)'/g,
  /nonRetryable\([^;]+?'([A-Z]+(?:_[A-Z]+)+)',?\s*\)/g,
];

const reported = new Set(PLACES.flatMap((place) => [...sources.matchAll(place)].flatMap(([, ...codes]) => codes)));
const documented = [...page.matchAll(/`([A-Z]+(?:_[A-Z]+)*)`/g)].map(([, code]) => code ?? '');

describe('docs/errors.md', () => {
  it('names every code that is reported', () => {
    expect(reported.size).toBeGreaterThan(40);
    expect([...reported].filter((code) => code !== undefined && !documented.includes(code))).toEqual([]);
  });

  it('names no code that is reported nowhere, and none twice', () => {
    expect(documented.filter((code) => !sources.includes(`'${code}'`))).toEqual([]);
    expect(documented.filter((code, index) => documented.indexOf(code) !== index)).toEqual([]);
  });

  it('tells the exit code where it is not 1', () => {
    const rows = [...page.matchAll(/^\| `([A-Z_]+)` \| (\d*) \|/gm)];
    const told = new Map(rows.map(([, code, exit]) => [code, exit === '' ? EXIT.failure : Number(exit)]));
    for (const code of documented) expect([code, told.get(code) ?? EXIT.failure]).toEqual([code, exitCodeOf(code)]);
  });
});
