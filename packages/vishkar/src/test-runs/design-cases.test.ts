import { describe, expect, it } from 'vitest';
import { testCasesFileSchema } from '../domain/test-case.js';
import type { Story } from '../domain/story.js';
import { designCases } from './design-cases.js';

const story = (...criteria: string[]): Story => ({
  key: 'DEMO-1',
  title: 'Evaluate expressions',
  description: '',
  status: 'todo',
  priority: 'high',
  acceptanceCriteria: criteria.map((text, index) => ({ id: `AC-${String(index + 1)}`, text })),
  blockedBy: [],
  url: '',
  revision: '1',
});

describe('designCases', () => {
  it('gives each criterion a positive case in order, then each one a case beyond it', () => {
    const file = designCases(story('`1h + 2h` is `3h`', 'Anything else is refused', 'The command prints it'));
    expect(testCasesFileSchema.parse(file)).toEqual(file);
    expect(file.cases.map(({ id, kind, storyLink, type }) => [id, kind, storyLink, type])).toEqual([
      ['TC-DEMO-1-001', 'positive', 'DEMO-1#AC-1', 'unit'],
      ['TC-DEMO-1-002', 'positive', 'DEMO-1#AC-2', 'unit'],
      ['TC-DEMO-1-003', 'positive', 'DEMO-1#AC-3', 'integration'],
      ['TC-DEMO-1-004', 'negative', 'DEMO-1#AC-1', 'unit'],
      ['TC-DEMO-1-005', 'edge', 'DEMO-1#AC-2', 'unit'],
      ['TC-DEMO-1-006', 'negative', 'DEMO-1#AC-3', 'integration'],
    ]);
    expect(file.cases[0]?.steps[0]?.data).toBe('1h + 2h; 3h');
  });

  it('designs from the title when a story has no criteria', () => {
    const file = designCases(story());
    expect(testCasesFileSchema.parse(file).cases.map(({ storyLink }) => storyLink)).toEqual(['DEMO-1', 'DEMO-1']);
  });

  it('designs the same again, so that a retry rewrites the same file', () => {
    expect(designCases(story('a', 'b'))).toEqual(designCases(story('a', 'b')));
  });
});
