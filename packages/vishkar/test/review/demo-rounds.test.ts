/**
 * What the panels without a model say to the rounds of the recorded sessions: the demo's first round is stopped by a real
 * finding of real scanners, and nothing that comes after it is stopped.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ExampleStory } from '../examples/example-story.js';

describe('the panels without a model, over the rounds of duration-kit', () => {
  let example: ExampleStory;
  beforeAll(() => {
    example = new ExampleStory('duration-kit');
  });
  afterAll(() => {
    example.remove();
  });

  it('stop the first implementation: it runs text of a user as code', async () => {
    await example.replay('implement');
    const { findings, gate } = await example.review('DEMO-1');
    expect(findings).toEqual([
      expect.objectContaining({
        severity: 'high',
        category: 'code-injection',
        file: 'src/evaluate-duration.ts',
        line: 11,
        grounded: true,
        angles: ['security'],
        reportedBy: ['eslint-plugin-security/detect-eval-with-expression', 'eslint-plugin-sonarjs'],
      }),
    ]);
    expect(gate.passed).toBe(false);
  });

  it.each(['fix-findings', 'implement-tests', 'fix-tests'] as const)('find nothing after %s', async (kind) => {
    if (kind === 'implement-tests') await example.designTests('DEMO-1');
    await example.replay(kind);
    expect(await example.review('DEMO-1')).toEqual({ findings: [], gate: { passed: true, reasons: [] } });
  });
});

describe('the panels without a model, over the rounds of slug-js', () => {
  it('find nothing', async () => {
    const example = new ExampleStory('slug-js');
    try {
      await example.replay('implement');
      await example.designTests('SLUG-1');
      await example.replay('implement-tests');
      expect(await example.review('SLUG-1')).toEqual({ findings: [], gate: { passed: true, reasons: [] } });
    } finally {
      example.remove();
    }
  });
});
