import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@vishkar/testkit';
import { expect, it } from 'vitest';
import { projectOf } from '../../../test/support/project-of.js';
import { mutationGate } from '../../domain/mutation.js';
import { parseDiff } from '../../git/parse-diff.js';
import { LocalProjectRunner } from '../local-project-runner.js';
import { tryMutants } from './try-mutants.js';

const CLAMP = 'export function clamp(x, low) {\n  if (x < low) {\n    return low;\n  }\n  return x;\n}\n';
const DIFF = `diff --git a/clamp.js b/clamp.js\nnew file mode 100644\n--- /dev/null\n+++ b/clamp.js\n@@ -0,0 +1,6 @@\n${CLAMP.replace(/^(?=.)/gm, '+')}`;

it('tells which faults no test notices, with file and line, and leaves the files as they were', async () => {
  const { worktree } = projectOf({
    'package.json': '{"type": "module", "scripts": {"test": "node --test"}}',
    'clamp.js': CLAMP,
    // Another operator there changes nothing: a fault that no test can notice.
    'clamp.test.js':
      "import test from 'node:test';\nimport assert from 'node:assert';\nimport { clamp } from './clamp.js';\n" +
      "test('clamps', () => assert.deepEqual([clamp(1, 3), clamp(4, 3)], [3, 4]));\n",
  });
  const options = {
    worktree,
    outputFolder: temporaryFolder('output'),
    signal: new AbortController().signal,
    onProgress: () => undefined,
  };
  const limits = { maximumMutants: 10, maximumMs: 60_000 };
  const result = await tryMutants(new LocalProjectRunner(), parseDiff(DIFF), limits, options);
  expect(result).toEqual({
    killed: 3,
    invalid: 0,
    notTried: 0,
    otherLanguages: [],
    survivors: [{ file: 'clamp.js', line: 2, kind: 'operator', before: '<', after: '<=' }],
  });
  expect(readFileSync(join(worktree, 'clamp.js'), 'utf8')).toBe(CLAMP);
  const rule = { ...limits, minimumScorePercent: 80 };
  expect(mutationGate(result, rule).reasons).toEqual([
    'tests notice 75 % of the faults put into the change, below 80 %',
    'clamp.js:2: no test notices "<=" in place of "<"',
  ]);
  expect(mutationGate({ ...result, survivors: [], killed: 0, notTried: 4 }, rule).passed).toBe(false);
});
