/** Step 9: the story's test cases as data, checked against their schema. */
import type { TestCasesFile } from '../../domain/test-case.js';
import type { StoryRun } from '../story-run.js';

export async function designTests(run: StoryRun): Promise<TestCasesFile> {
  let cases: TestCasesFile | undefined;
  await run.runStep('test.design', async () => {
    const designed = await run.call('test.design', 'design_tests', run.work);
    run.moveHead(designed.headSha);
    cases = designed.file;
    return {
      summary: `${String(cases.cases.length)} cases in ${designed.path}`,
      headSha: designed.headSha,
      artifacts: designed.artifacts,
      data: {
        path: designed.path,
        cases: cases.cases.map(({ id, kind, title, storyLink }) => ({ id, kind, title, storyLink })),
      },
    };
  });
  if (cases === undefined) throw new Error('test design left no cases');
  return cases;
}
