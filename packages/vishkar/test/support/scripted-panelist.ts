/** A panelist that says what a test wants it to say, and material for it that needs no repository. */
import { parseDiff } from '../../src/git/parse-diff.js';
import type { Claim, Disputed, ReviewPanelist, Vote } from '../../src/review/panelist.js';
import type { ReviewMaterial } from '../../src/review/review-material.js';

export function scriptedPanelist(
  name: string,
  claims: readonly Claim[],
  judge: (disputed: readonly Disputed[], turn: number) => readonly Vote[] | Promise<readonly Vote[]> = () => [],
): ReviewPanelist {
  let turn = 0;
  return {
    name,
    kind: 'model',
    version: '1',
    angle: 'quality',
    open: () => Promise.resolve({ status: 'ran', claims }),
    judge: async (_material, disputed) => await judge(disputed, (turn += 1)),
  };
}

/** A new file `src/a.ts` of the lines, with nothing else at the head. */
export function materialOf(...lines: readonly string[]): ReviewMaterial {
  const head = ['diff --git a/src/a.ts b/src/a.ts', 'new file mode 100644', '--- /dev/null', '+++ b/src/a.ts'];
  const body = [`@@ -0,0 +1,${String(lines.length)} @@`, ...lines.map((line) => `+${line}`), ''];
  const files = parseDiff([...head, ...body].join('\n')).map((diff) => ({
    path: diff.path,
    text: `${lines.join('\n')}\n`,
    diff,
  }));
  return {
    ...{ worktree: '/nowhere', baseSha: 'base', headSha: 'head' },
    files,
    read: () => Promise.resolve(undefined),
    readAll: () => Promise.resolve(new Map()),
    readBase: () => Promise.resolve(undefined),
    paths: () => Promise.resolve(files.map(({ path }) => path)),
    basePaths: () => Promise.resolve([]),
    readAtBase: () => Promise.resolve(undefined),
  };
}

export function claimAt(line: number, over: Partial<Claim> = {}): Claim {
  return {
    severity: 'high',
    category: 'wrong-result',
    issue: `line ${String(line)} is wrong`,
    file: 'src/a.ts',
    line,
    suggestion: 'Mend it.',
    source: 'somebody',
    ...over,
  };
}
