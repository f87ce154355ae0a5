/**
 * One real story per language: its recorded edits, and everything else for real (claim, worktree, the project's own build,
 * cases, tests, coverage, the same tests without the change), through the activities of steps 1, 2 and 8 to 11.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cargo, describeNeeds, goToolchain, maven, pytest } from '@vishkar/testkit';
import type { Need } from '@vishkar/testkit';
import { expect, it } from 'vitest';
import { designTests } from '../../src/activities/design-tests.js';
import { executeImplementation } from '../../src/activities/execute-implementation.js';
import { implementTests } from '../../src/activities/implement-tests.js';
import { mutateChange } from '../../src/activities/mutate-change.js';
import { runTests } from '../../src/activities/run-tests.js';
import { selectTask } from '../../src/activities/select-task.js';
import { verifyStory } from '../../src/activities/verify-story.js';
import { criteriaGate, showCriteria } from '../../src/domain/criteria.js';
import { mutationScore } from '../../src/domain/mutation.js';
import { protectedPathsSchema } from '../../src/domain/protected-paths.js';
import { runGit } from '../support/git-repository.js';
import { activityCall, exampleProject } from '../support/story-tools.js';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const LIMIT_MS = 400_000;

interface Language {
  readonly example: string;
  readonly key: string;
  readonly needs: Readonly<Record<string, Need>>;
  readonly runner: string;
  /** Tests at the end of step 11. */
  readonly passed: number;
  /** What step 8 finds to run. */
  readonly commands: readonly string[];
  /** Faults can be put into its changed lines. */
  readonly hasMutants: boolean;
}

const LANGUAGES: readonly Language[] = [
  {
    example: 'slug-js',
    key: 'SLUG-1',
    needs: {},
    runner: 'node:test',
    passed: 7,
    commands: ['lint', 'smoke'],
    hasMutants: true,
  },
  {
    example: 'ranges-py',
    key: 'RANGE-1',
    needs: { pytest },
    runner: 'pytest',
    passed: 10,
    commands: [],
    hasMutants: true,
  },
  {
    example: 'tally-go',
    key: 'TALLY-1',
    needs: { goToolchain },
    runner: 'go test',
    passed: 5,
    commands: ['build', 'lint'],
    hasMutants: true,
  },
  {
    example: 'roman-rs',
    key: 'ROMAN-1',
    needs: { cargo },
    runner: 'cargo test',
    passed: 8,
    commands: ['build'],
    hasMutants: false,
  },
  {
    example: 'bag-java',
    key: 'BAG-1',
    needs: { maven },
    runner: 'maven',
    passed: 5,
    commands: ['build'],
    hasMutants: false,
  },
];

for (const { example, key, needs, runner, passed, commands, hasMutants } of LANGUAGES)
  describeNeeds(needs, example, () => {
    it('goes from its story to tests that show every criterion', { timeout: LIMIT_MS }, async () => {
      const { tools } = await exampleProject(
        join(ROOT, 'examples', example),
        join(ROOT, 'examples', `${example}.recording`),
      );
      const selected = await selectTask(tools)({ jira_key: key, project: '' }, activityCall());
      const { story, branch, baseBranch, baseSha } = selected;
      const work = { story, branch, baseBranch, baseSha };
      const turn = { round: 1, guidance: [], settledUsage: [], protectedPaths: protectedPathsSchema.parse({}) };
      const implemented = await executeImplementation(tools)({ ...work, ...turn, headSha: baseSha }, activityCall());
      expect(implemented.outcome).toBe('edited');
      const verified = await verifyStory(tools)({ ...work, headSha: implemented.headSha, round: 1 }, activityCall());
      expect(verified.commands.map(({ name, exitCode }) => [name, exitCode])).toEqual(
        commands.map((name) => [name, 0]),
      );
      const designed = await designTests(tools)({ ...work, headSha: implemented.headSha }, activityCall());
      const cases = designed.file;
      const written = await implementTests(tools)(
        { ...work, ...turn, headSha: designed.headSha, cases },
        activityCall(),
      );
      expect(written.unlinked).toEqual([]);

      const { headSha } = written;
      const input = { ...work, headSha, round: 1, cases: cases.cases, reruns: 1, withoutChange: true };
      const { report, shown } = await runTests(tools)(input, activityCall());
      expect(report).toMatchObject({ runner, exitCode: 0, passed, failed: 0 });
      if (report.coverage !== undefined) expect(report.coverage.changedPercent).toBeGreaterThanOrEqual(90);
      expect(shown?.problems).toEqual([]);
      const results = shown?.results ?? [];
      // Every case of these was written for something that is not there before.
      expect(results.map((each) => [each.outcome, each.withoutChange])).toEqual(
        cases.cases.map(() => ['passed', 'fails']),
      );
      const criteria = showCriteria({ story, cases: cases.cases, results, demonstrations: [], confirmations: [] });
      expect(criteriaGate(criteria, results)).toEqual({ passed: true, reasons: [] });

      const rule = { minimumScorePercent: 80, maximumMutants: 6, maximumMs: 120_000 };
      const { mutation } = await mutateChange(tools)({ ...work, headSha, round: 1, rule }, activityCall());
      // Some faults change nothing: at the limits that the Go code compares with, both ways give the same.
      if (hasMutants) expect(mutationScore(mutation)).toBeGreaterThanOrEqual(60);
      else expect(mutation.otherLanguages).toHaveLength(1);
      const worktree = join(tools.folders.worktrees, key);
      expect(runGit(worktree, 'rev-parse', 'HEAD')).toBe(headSha);
      expect(runGit(worktree, 'status', '--porcelain')).toBe('');
    });
  });
