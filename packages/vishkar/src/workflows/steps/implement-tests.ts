/** Step 10: the engine writes tests for the cases until each case links to one. */
import type { TestCasesFile } from '../../domain/test-case.js';
import { fixLoop } from '../fix-loop.js';
import type { StoryRun } from '../story-run.js';
import { engineEvidence } from './engine-evidence.js';

/** The designed cases and the test file that automates each. */
export interface LinkedCases {
  readonly cases: TestCasesFile;
  readonly links: Readonly<Record<string, string>>;
}

export async function implementTests(run: StoryRun, cases: TestCasesFile): Promise<LinkedCases> {
  let links: Readonly<Record<string, string>> = {};
  await run.runStep('test.implement', async () => {
    const write = () => run.engineTurn('test.implement', 'implement_tests', { ...run.work, cases });
    let last = await write();
    const first = last;
    const outcome = await fixLoop(run, 'test.implement', {
      attempt: () =>
        Promise.resolve({
          gate: {
            passed: last.unlinked.length === 0,
            reasons: last.unlinked.map((id) => `no test names the case ${id}`),
          },
        }),
      fix: async () => (last = await write()),
    });
    links = last.links;
    return {
      ...outcome.verdict,
      summary: `${String(Object.keys(links).length)} of ${String(cases.cases.length)} cases have a test`,
      headSha: run.headSha,
      artifacts: last.artifacts,
      data: { links, unlinked: last.unlinked, ...engineEvidence([first, ...outcome.turns]) },
    };
  });
  return { cases, links };
}
