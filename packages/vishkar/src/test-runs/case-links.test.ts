import { describe, expect, it } from 'vitest';
import { linkCases } from './case-links.js';

const ID = 'TC-DEMO-1-001';
const linked = (text: string, path = 'test/a.test.ts') => linkCases([{ id: ID }], [{ path, text }]).get(ID);

describe('linkCases', () => {
  it.each([
    `it('${ID} adds', () => {});`,
    `test("adds (${ID})", async () => {});`,
    `it(\n  '${ID} adds',\n  () => {},\n);`,
    `it.each([['a', 1]])('${ID} adds %s', () => {});`,
    `describe('sums', () => { it.concurrent(\`${ID} adds\`, () => {}); });`,
    `const url = 'http://x/'; it('${ID} adds', () => {});`,
  ])('links a test whose title carries the id: %s', (text) => {
    expect(linked(text)).toBe('test/a.test.ts');
  });

  it.each([
    `// it('${ID} adds', () => {});`,
    `/* it('${ID} adds', () => {}); */`,
    `const id = '${ID}';`,
    `it.skip('${ID} adds', () => {});`,
    `it.todo('${ID} adds');`,
    `xit('${ID} adds', () => {});`,
    `it('${ID}2 is another case', () => {});`,
  ])('does not link what never runs as the test of the case: %s', (text) => {
    expect(linked(text)).toBeUndefined();
  });

  it('links Python tests by their name or docstring, unless they are skipped', () => {
    expect(linked('def test_tc_demo_1_001_adds():\n    pass\n', 'tests/test_a.py')).toBe('tests/test_a.py');
    expect(linked(`def test_adds():\n    """${ID}: adds."""\n`, 'tests/test_a.py')).toBe('tests/test_a.py');
    expect(linked('@pytest.mark.skip\ndef test_tc_demo_1_001():\n    pass\n', 'tests/test_a.py')).toBeUndefined();
    expect(linked('def test_tc_demo_1_0012():\n    pass\n', 'tests/test_a.py')).toBeUndefined();
  });

  it('takes the first file by name, in whatever order the files are given', () => {
    const files = ['test/b.test.ts', 'test/a.test.ts'].map((path) => ({ path, text: `it('${ID}', () => {});` }));
    expect([...linkCases([{ id: ID }, { id: 'TC-DEMO-1-002' }], files)]).toEqual([[ID, 'test/a.test.ts']]);
  });
});
