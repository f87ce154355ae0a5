import { describe, expect, it } from 'vitest';
import { readDemonstrations } from './demonstrations.js';

const command = { kind: 'command', criterion: 'AC-1', argv: ['./run'], output: '7' };
const file = (change: object) =>
  JSON.stringify({ schemaVersion: 1, story: 'DEMO-1', demonstrations: [command], ...change });

describe('readDemonstrations', () => {
  it('gives what the branch names, with its defaults', () => {
    expect(readDemonstrations(file({}), 'DEMO-1')).toEqual([{ ...command, exitCode: 0, timeoutMs: 60_000 }]);
  });

  it.each([
    ['text that is no JSON', '{'],
    ['none', file({ demonstrations: [] })],
    ['a command that need not print anything', file({ demonstrations: [{ ...command, output: '' }] })],
    [
      'a claim, which nobody can check',
      file({ demonstrations: [{ kind: 'statement', criterion: 'AC-1', text: 'done' }] }),
    ],
  ])('refuses %s', (_title, text) => {
    expect(readDemonstrations(text, 'DEMO-1')).toContain("tests/evidence/DEMO-1.json can't be read");
  });

  it('refuses those of another story', () => {
    expect(readDemonstrations(file({ story: 'DEMO-2' }), 'DEMO-1')).toContain('is of another story');
  });
});
