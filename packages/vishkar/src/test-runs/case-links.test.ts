import { describe, expect, it } from 'vitest';
import { linkCases, testsOfCase } from './case-links.js';

const ID = 'TC-DEMO-1-001';
const linked = (text: string, path = 'test/a.test.ts') => linkCases([{ id: ID }], [{ path, text }]).get(ID)?.path;

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
    expect([...linkCases([{ id: ID }, { id: 'TC-DEMO-1-002' }], files)]).toEqual([[ID, { path: 'test/a.test.ts' }]]);
  });

  it.each([
    ['sum_test.go', 'func TestTC_DEMO_1_001_Adds(t *testing.T) {\n\tadd(t)\n}\n'],
    ['sum_test.go', `func TestSums(t *testing.T) {\n\tt.Run("${ID} adds", func(t *testing.T) {})\n}\n`],
    ['src/sum.rs', '#[test]\nfn tc_demo_1_001_adds() {}\n'],
    ['tests/sum.rs', '#[tokio::test]\n#[should_panic]\nasync fn tc_demo_1_001_adds() {}\n'],
    ['src/test/java/SumTest.java', '@Test\n  void tc_demo_1_001_adds() {}\n'],
    ['src/test/java/SumTest.java', `@Test\n  @DisplayName("${ID} adds")\n  public void adds() throws Exception {}\n`],
    ['src/test/kotlin/SumTest.kt', `@Test\n  fun \`${ID} adds\`() {}\n`],
    ['Sum.Tests/SumTests.cs', `[Fact(DisplayName = "${ID} adds")]\n  public void Adds() {}\n`],
    ['Sum.Tests/SumTests.cs', '[Theory]\n  [InlineData(1)]\n  public async Task TC_DEMO_1_001_Adds(int x) {}\n'],
  ])('links tests of other languages: %s, %j', (path, text) => {
    expect(linked(text, path)).toBe(path);
  });

  it.each([
    ['sum_test.go', 'func TestTC_DEMO_1_001(t *testing.T) {\n\tt.Skip("later")\n}\n'],
    ['sum_test.go', `// ${ID}\nfunc TestSums(t *testing.T) {\n\tadd(t)\n}\n`],
    ['src/sum.rs', '#[inline]\nfn tc_demo_1_001() {}\n'],
    ['src/sum.rs', '#[test]\n#[ignore]\nfn tc_demo_1_001() {}\n'],
    ['src/test/java/SumTest.java', '@Test\n  @Disabled\n  void tc_demo_1_001_adds() {}\n'],
    ['src/test/java/SumTest.java', 'void tc_demo_1_001_adds() {}\n'],
    ['Sum.Tests/SumTests.cs', '[Fact(Skip = "later")]\n  public void TC_DEMO_1_001() {}\n'],
  ])('does not link what is no test, or never runs: %s, %j', (path, text) => {
    expect(linked(text, path)).toBeUndefined();
  });
});

describe('testsOfCase', () => {
  const tests = ['TestTC_DEMO_1_001_Adds', 'shop.SumTest.adds', 'tests::adds', 'test_adds[1-2]', 'test_adds_more'].map(
    (name) => ({ name, file: '', outcome: 'passed' as const }),
  );
  const names = (id: string, test?: string) =>
    testsOfCase(id, { path: 'a', ...(test !== undefined && { test }) }, tests).map(({ name }) => name);

  it('finds a test by the id in its name, else by the name that stands below the id in the source', () => {
    expect(names(ID)).toEqual(['TestTC_DEMO_1_001_Adds']);
    expect(names('TC-DEMO-1-002', 'adds')).toEqual(['shop.SumTest.adds', 'tests::adds']);
    expect(names('TC-DEMO-1-002', 'test_adds')).toEqual(['test_adds[1-2]']);
    expect(names('TC-DEMO-1-002')).toEqual([]);
  });
});
