import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runGit } from '../../test/support/git-repository.js';
import { activityCall, FIRST_TURN, testProject } from '../../test/support/story-tools.js';
import { planObjections, planText } from '../domain/plan.js';
import { planImplementation } from './plan-implementation.js';
import { selectTask } from './select-task.js';

const PLAN = { summary: 'add it', files: [{ path: 'src/a.ts', why: 'it is there' }], questions: ['which one?'] };

async function planned(script: string) {
  const project = await testProject(script);
  const work = await selectTask(project.tools)({ jira_key: 'DEMO-1', project: '' }, activityCall());
  const { story, branch, baseBranch, baseSha, headSha } = work;
  const input = { story, branch, baseBranch, baseSha, headSha, ...FIRST_TURN, guidance: [] };
  return { project, branch, headSha, turn: planImplementation(project.tools)(input, activityCall()) };
}

describe('a turn of planning', () => {
  it('leaves the plan and nothing else: what the engine did beside it is gone, and no commit is made', async () => {
    const { project, branch, headSha, turn } = await planned(
      `echo x > work.txt; echo '${JSON.stringify(PLAN)}' > .vishkar-plan.json`,
    );
    expect(await turn).toMatchObject({ outcome: 'no_change', headSha, commits: [], plan: { ...PLAN, risks: [] } });
    const worktree = join(project.tools.folders.worktrees, 'DEMO-1');
    expect(['work.txt', '.vishkar-plan.json'].filter((file) => existsSync(join(worktree, file)))).toEqual([]);
    expect(runGit(project.remote, 'rev-parse', branch)).toBe(headSha);
  });

  it.each([
    ['leaves none', 'echo x > work.txt'],
    ['writes prose', 'echo "I shall do it" > .vishkar-plan.json'],
    ['links to a file of yours', 'ln -s /etc/hostname .vishkar-plan.json'],
  ])('is refused when the engine %s', async (_title, script) => {
    const { turn } = await planned(script);
    await expect(turn).rejects.toMatchObject({ code: 'PLAN_UNREADABLE' });
  });
});

describe('the policy on plans', () => {
  const plan = { summary: 's', files: [{ path: 'a', why: '' }], risks: ['slow'], questions: [] };
  it.each([
    ['a person sees every plan', plan, { approval: 'person', maxFiles: 10 }, 1],
    ['a small one that asks nothing passes', plan, { approval: 'policy', maxFiles: 1 }, 0],
    ['one that asks does not', { ...plan, questions: ['?'] }, { approval: 'policy', maxFiles: 1 }, 1],
    [
      'nor does a large one',
      { ...plan, files: [...plan.files, ...plan.files] },
      { approval: 'policy', maxFiles: 1 },
      1,
    ],
    ['nor one without files', { ...plan, files: [] }, { approval: 'policy', maxFiles: 1 }, 1],
  ] as const)('%s', (_title, given, options, objections) => {
    expect(
      planObjections({ ...given, files: [...given.files], questions: [...given.questions] }, options),
    ).toHaveLength(objections);
  });

  it('is told in words', () => {
    expect(planText(plan)).toBe('s\nFiles:\n- a\nRisks:\n- slow');
  });
});
