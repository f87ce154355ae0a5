import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { expect, it } from 'vitest';
import { SEVERITIES } from '../../domain/finding.js';
import type { Fault } from '../../domain/finding.js';
import { writeSarif } from '../../domain/write-sarif.js';
import { readSarif } from './read-sarif.js';

const published = JSON.parse(
  readFileSync(fileURLToPath(new URL('../../../test/review/sarif-2.1.0.schema.json', import.meta.url)), 'utf8'),
) as object;
const isValid = new Ajv({ strict: false, validateFormats: false }).compile(published);

const fault = (over: Partial<Fault>): Fault => ({
  ...{ id: 'F-0123456789ab', state: 'open', severity: 'high', category: 'code-injection', issue: 'text is executed' },
  ...{ file: 'src/a b.ts', line: 3, grounded: true, angles: ['security'], reportedBy: ['eslint/no-eval'] },
  ...{ firstRound: 1, lastRound: 2, reopened: 0, aliases: [] },
  ...over,
});

it('our findings are SARIF by the published schema, and what we read of it is what we wrote', () => {
  const faults = SEVERITIES.flatMap((severity) => [
    fault({ severity }),
    fault({ severity, state: 'fixed', fix: { commit: 'c', note: 'n' } }),
    fault({
      severity,
      state: 'accepted',
      line: 0,
      category: 'long-file',
      angles: ['quality'],
      decision: { by: 'Ann', reason: 'so be it' },
    }),
  ]);
  const log = writeSarif({ story: 'T-1', headSha: 'head', faults }, '1.2.3');
  expect([isValid(log), isValid.errors]).toEqual([true, null]);
  expect(isValid(writeSarif({ story: 'T-1', headSha: 'head' }, '1.2.3'))).toBe(true);
  expect(isValid({ ...log, version: '2.0.0' })).toBe(false);

  const read = readSarif(JSON.stringify(log));
  // What is fixed is absent.
  expect(read.map(({ level, file, line }) => [level, file, line])).toEqual(
    ['error', 'error', 'warning', 'note'].flatMap((level) => [
      [level, 'src/a b.ts', 3],
      [level, 'src/a b.ts', 0],
    ]),
  );
});

it('reads what the standard allows: rules by index, messages by name, files by index, defaults of levels', () => {
  const rule = {
    id: 'R1',
    defaultConfiguration: { level: 'error' },
    messageStrings: { said: { text: 'no {0}, please' } },
    helpUri: 'https://example.com/r1',
  };
  const results = [
    {
      ruleIndex: 0,
      message: { id: 'said', arguments: ['eval'] },
      locations: [{ physicalLocation: { artifactLocation: { index: 0 } } }],
    },
    {
      ruleId: 'R1',
      kind: 'pass',
      message: { text: 'fine' },
      locations: [{ physicalLocation: { artifactLocation: { uri: 'a.c' } } }],
    },
    {
      ruleId: 'R1',
      baselineState: 'unchanged',
      message: { text: 'old' },
      locations: [{ physicalLocation: { artifactLocation: { uri: 'a.c' } } }],
    },
    { ruleId: 'R1', message: { text: 'nowhere' } },
    {
      ruleId: 'R2',
      suppressions: [{ kind: 'inSource' }],
      message: { text: 'hidden' },
      locations: [{ physicalLocation: { artifactLocation: { uri: 'file:///x/a.c' }, region: { startLine: 7 } } }],
    },
  ];
  const log = {
    version: '2.1.0',
    runs: [{ tool: { driver: { name: 't', rules: [rule] } }, artifacts: [{ location: { uri: 'src/b.c' } }], results }],
  };
  expect(readSarif(`\uFEFF${JSON.stringify(log)}`)).toEqual([
    {
      tool: 't',
      rule: 'R1',
      level: 'error',
      securitySeverity: undefined,
      message: 'no eval, please',
      file: 'src/b.c',
      line: 0,
      helpUri: 'https://example.com/r1',
    },
    {
      tool: 't',
      rule: 'R2',
      level: 'warning',
      securitySeverity: undefined,
      message: 'hidden',
      file: '/x/a.c',
      line: 7,
      helpUri: undefined,
    },
  ]);
});
