import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestCasesFile } from '../../src/domain/test-case.js';
import { ExampleStory } from './example-story.js';

const ALL_WELL = { build: 0, lint: 0, smoke: 0 };

// Each group follows one story; its tests build on one another, as the rounds do.
describe('the recording of duration-kit', () => {
  let example: ExampleStory;
  let cases: TestCasesFile;
  beforeAll(() => {
    example = new ExampleStory('duration-kit');
  });
  afterAll(() => {
    example.remove();
  });

  it('says that it was written by hand, without a model', async () => {
    expect(await example.engine.describe()).toMatchObject({
      model: 'none',
      recordedFrom: expect.stringContaining('Hand-written recording for the demo; no model involved.') as string,
    });
  });

  it('starts from a green repository that needs no install, with DEMO-1 on top of its backlog', async () => {
    const stories = await example.stories();
    expect(stories.map(({ key, priority, status }) => [key, priority, status])).toEqual([
      ['DEMO-1', 'high', 'todo'],
      ['DEMO-2', 'medium', 'todo'],
      ['DEMO-3', 'low', 'todo'],
      ['DEMO-4', 'lowest', 'todo'],
    ]);
    expect(stories[2]?.blockedBy).toEqual(['DEMO-1']);
    expect(await example.verify()).toEqual(ALL_WELL);
    const { report } = await example.test();
    expect(report).toMatchObject({ runner: 'vitest', exitCode: 0, passed: 23, failed: 0 });
  });

  it('implement 1 executes the text of users, which the security review stops', async () => {
    await example.replay('implement');
    const { gate, findings } = await example.review('DEMO-1');
    expect(gate.passed).toBe(false);
    const blocking = findings.filter(({ severity }) => severity === 'critical' || severity === 'high');
    expect(blocking.map(({ file, line, grounded }) => ({ file, line, grounded }))).toEqual([
      { file: 'src/evaluate-duration.ts', line: 11, grounded: true },
    ]);
    expect(blocking[0]?.angles).toContain('security');
  });

  it('implement 1 builds, and leaves its change untested', async () => {
    expect(await example.verify()).toEqual(ALL_WELL);
    const { gate, report } = await example.test();
    expect(report).toMatchObject({ passed: 23, failed: 0, coverage: { changedPercent: expect.any(Number) as number } });
    expect(gate.reasons).toEqual([
      expect.stringMatching(/^coverage is 7\d\.\d %/),
      expect.stringMatching(/^coverage of the changed lines is/),
    ]);
  });

  it('fix-findings 1 leaves nothing that the reviews would stop', async () => {
    await example.replay('fix-findings');
    expect((await example.review('DEMO-1')).gate).toEqual({ passed: true, reasons: [] });
    expect(await example.verify()).toEqual(ALL_WELL);
  });

  it('implement-tests 1 gives every case a test, one of which fails for a fault of the code', async () => {
    cases = await example.designTests('DEMO-1');
    expect(cases.cases.map(({ kind }) => kind)).toEqual([
      'positive',
      'positive',
      'positive',
      'negative',
      'edge',
      'edge',
    ]);
    await example.replay('implement-tests');
    const file = 'test/evaluate-duration.test.ts';
    expect(example.links(cases)).toEqual(Object.fromEntries(cases.cases.map(({ id }) => [id, file])));
    const { report, gate } = await example.test();
    expect(report).toMatchObject({ exitCode: 1, passed: 29, failed: 1 });
    expect(report.failures).toEqual([
      {
        name: 'evaluateDuration > TC-DEMO-1-004 refuses operands that make no sense together',
        file,
        message: expect.stringContaining('1h * 2h') as string,
      },
    ]);
    expect(gate).toEqual({ passed: false, reasons: ['1 of 30 tests failed'] });
  });

  it('fix-tests 1 passes the gate: all tests, and coverage in total and of changed lines', async () => {
    await example.replay('fix-tests');
    expect(await example.verify()).toEqual(ALL_WELL);
    const { report, gate } = await example.test();
    expect(gate).toEqual({ passed: true, reasons: [] });
    expect(report).toMatchObject({ exitCode: 0, passed: 30, failed: 0, failures: [] });
    expect(report.coverage?.totalPercent).toBeGreaterThan(90);
    expect((await example.review('DEMO-1')).gate).toEqual({ passed: true, reasons: [] });
    expect(report.coverage?.changedPercent).toBeGreaterThan(90);
    expect(example.leftovers()).toBe('');
  });
});

describe('the recording of slug-js', () => {
  let example: ExampleStory;
  beforeAll(() => {
    example = new ExampleStory('slug-js');
  });
  afterAll(() => {
    example.remove();
  });

  it('goes through at once: the change, then a test for every case', async () => {
    expect((await example.stories()).map(({ key }) => key)).toEqual(['SLUG-1', 'SLUG-2']);
    await example.replay('implement');
    expect(await example.verify()).toEqual({ lint: 0, smoke: 0 });
    expect((await example.review('SLUG-1')).gate).toEqual({ passed: true, reasons: [] });
    const cases = await example.designTests('SLUG-1');
    await example.replay('implement-tests');
    expect(Object.keys(example.links(cases))).toEqual(cases.cases.map(({ id }) => id));
    const { report, gate } = await example.test();
    expect(gate).toEqual({ passed: true, reasons: [] });
    expect(report).toMatchObject({ runner: 'node:test', passed: 7, failed: 0, coverage: { changedPercent: 100 } });
    expect(example.leftovers()).toBe('');
  });
});
