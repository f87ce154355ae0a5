/**
 * What shows a story's criteria at its head: its cases' tests in the run, and the demonstrations that its branch names.
 * When all is well the same is tried without the story's change: what passes then, too, shows nothing of it.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { CaseResult, DemonstrationResult } from '../domain/criteria.js';
import type { StoryWork } from '../domain/activity-contracts.js';
import type { TestCase } from '../domain/test-case.js';
import { gitText } from '../git/git-command.js';
import { withoutChange } from '../git/without-change.js';
import { readInWorktree } from '../git/worktree-content.js';
import { linkCases } from '../test-runs/case-links.js';
import type { CaseLink } from '../test-runs/case-links.js';
import { caseResults, comparedToRunWithout } from '../test-runs/case-results.js';
import { demonstrate, demonstrationsPath, readDemonstrations } from '../test-runs/demonstrations.js';
import type { Demonstration } from '../test-runs/demonstrations.js';
import type { RunOptions, TestRun } from '../test-runs/project-commands.js';
import { withTestsOfHead } from '../test-runs/rust-inline-tests.js';
import { isProjectSetup, isTestFile, mayHoldTests } from '../test-runs/test-file.js';
import type { StoryTools } from './story-tools.js';

export interface CaseProof {
  readonly results: readonly CaseResult[];
  readonly demonstrations: readonly DemonstrationResult[];
  /** What stands in the way of looking, one sentence each. */
  readonly problems: readonly string[];
}

type ProofTools = Pick<StoryTools, 'runner' | 'artifacts'>;

export interface ProofInput {
  readonly work: StoryWork;
  readonly cases: readonly TestCase[];
  /** The run of the suite at the head. */
  readonly run: TestRun;
  readonly triesWithoutChange: boolean;
}

export async function proveCases(
  tools: ProofTools,
  { work, cases, run, triesWithoutChange }: ProofInput,
  options: RunOptions,
): Promise<CaseProof> {
  const { worktree } = options;
  const links = linkCases(cases, await testFiles(worktree));
  const results = caseResults(cases, links, run);
  const text = await readInWorktree(worktree, demonstrationsPath(work.story.key));
  const read = text === undefined ? [] : readDemonstrations(text, work.story.key);
  const named = typeof read === 'string' ? [] : read;
  const problems = typeof read === 'string' ? [read] : [];
  const demonstrations: DemonstrationResult[] = [];
  for (const [index, each] of named.entries()) {
    const { holds, seen, files } = await demonstrate(each, index, tools.runner, options);
    const artifacts = [];
    for (const file of files) artifacts.push(await tools.artifacts.putFile(file.name, file.path, file.mediaType));
    demonstrations.push({
      criterion: each.criterion,
      kind: each.kind,
      command: each.argv.join(' '),
      holds,
      seen,
      artifacts,
    });
  }
  const isWell = run.report.exitCode === 0 && run.report.failed === 0;
  if (!triesWithoutChange || !isWell || results.length + named.length === 0)
    return { results, demonstrations, problems };
  options.onProgress('the same tests without the change');
  const without = await tryWithoutChange(tools, { work, cases, links, named }, options);
  return {
    results: comparedToRunWithout(results, without.results),
    demonstrations: demonstrations.map((each, index) => ({
      ...each,
      withoutChange: without.holds[index] === true ? 'passes' : 'fails',
    })),
    problems,
  };
}

/** Files that may hold tests, as they stand in the worktree. */
export async function testFiles(worktree: string): Promise<{ readonly path: string; readonly text: string }[]> {
  const listed = await gitText(['ls-files', '-z'], { cwd: worktree });
  const paths = listed.split('\0').filter((path) => path !== '' && mayHoldTests(path));
  return await Promise.all(paths.map(async (path) => ({ path, text: (await readInWorktree(worktree, path)) ?? '' })));
}

async function tryWithoutChange(
  tools: ProofTools,
  story: {
    readonly work: StoryWork;
    readonly cases: readonly TestCase[];
    readonly links: ReadonlyMap<string, CaseLink>;
    readonly named: readonly Demonstration[];
  },
  options: RunOptions,
): Promise<{ readonly results: readonly CaseResult[]; readonly holds: readonly boolean[] }> {
  const { worktree, signal } = options;
  const inside = { ...options, outputFolder: join(options.outputFolder, 'without-change') };
  await mkdir(inside.outputFolder, { recursive: true });
  const found = await withoutChange(
    { worktree, base: story.work.baseSha, keeps: isTestOrSetup, blend: withTestsOfHead, signal },
    async () => {
      await build(tools, inside);
      const run = await tools.runner.runTests({ ...inside, diff: '' });
      const holds: boolean[] = [];
      for (const [index, each] of story.named.entries())
        holds.push((await demonstrate(each, index, tools.runner, inside)).holds);
      return { results: caseResults(story.cases, story.links, run), holds };
    },
  );
  await build(tools, inside);
  return found;
}

/** With the setup of before, tests would fail for want of what runs them, whatever they assert. */
const isTestOrSetup = (path: string): boolean => isTestFile(path) || isProjectSetup(path);

/** Tests that run on what was built must not run on what was built from other files; a build that fails is told by them. */
async function build(tools: ProofTools, options: RunOptions): Promise<void> {
  const command = (await tools.runner.commands(options.worktree)).find(({ name }) => name === 'build');
  if (command !== undefined) await tools.runner.runCommand(command, options);
}
