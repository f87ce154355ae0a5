/**
 * Activities that answer by script, for tests of the workflow alone: every answer fits its contract, nothing does I/O.
 * A test overrides the answers it is about; `calls` records what was asked in which order.
 */
import { ApplicationFailure } from '@temporalio/common';
import { ACTIVITY_CONTRACTS } from '../../src/domain/activity-contracts.js';
import type { ActivityInput, ActivityOutput, EngineWork } from '../../src/domain/activity-contracts.js';
import type { Angle, AngleReview, Finding } from '../../src/domain/finding.js';
import type { TrackedFinding } from '../../src/domain/finding-ledger.js';
import type { PullRequest } from '../../src/domain/pull-request.js';
import type { Story } from '../../src/domain/story.js';
import type { TestReport } from '../../src/domain/test-report.js';
import { NO_ANCHOR } from '../../src/review/identity/anchor.js';
import { settleFindings } from '../../src/review/identity/settle-findings.js';
import { ACTIVITY_TYPES } from '../../src/domain/wire-names.js';
import type { ActivityType } from '../../src/domain/wire-names.js';

type Answer<T extends ActivityType> = (
  input: ActivityInput<T>,
) => Partial<ActivityOutput<T>> | Promise<Partial<ActivityOutput<T>>>;
export type Answers = { readonly [T in ActivityType]?: Answer<T> };

export interface ScriptedActivities {
  readonly calls: { readonly type: ActivityType; readonly input: unknown }[];
  readonly activities: Record<string, (input: never) => Promise<unknown>>;
  count(type: ActivityType): number;
}

export const STORY: Story = {
  key: 'DEMO-1',
  title: 'A story',
  description: 'What is wanted',
  status: 'in_progress',
  priority: 'high',
  acceptanceCriteria: [{ id: 'AC-1', text: 'It works' }],
  blockedBy: [],
  url: 'file:///backlog/DEMO-1.md',
  revision: 'r1',
};

/** What a host says of the pull request once somebody has merged it. */
export function mergedPullRequest(headSha: string): PullRequest {
  return {
    number: 1,
    url: 'file:///remote.git#1',
    state: 'merged',
    branch: 'vishkar/DEMO-1-a-story',
    baseBranch: 'main',
    headSha,
    mergeSha: 'merge-1',
  };
}

export const FAILING_REPORT: TestReport = {
  runner: 'vitest',
  command: 'vitest run',
  exitCode: 1,
  durationMs: 1,
  timedOut: false,
  passed: 1,
  failed: 1,
  skipped: 0,
  failures: [{ name: 'adds', file: 'test/a.test.ts', message: 'expected 3' }],
  artifacts: [],
};

export function finding(change: Partial<Finding> = {}): Finding {
  return {
    id: 'F-0123456789ab',
    severity: 'high',
    category: 'code-injection',
    issue: 'text of a user is executed',
    file: 'src/a.ts',
    line: 3,
    suggestion: 'parse it',
    grounded: true,
    reportedBy: ['eslint'],
    angles: ['security'],
    ...change,
  };
}

export function angleReview(
  angle: Angle,
  headSha: string,
  round: number,
  findings: readonly Finding[] = [],
): AngleReview {
  return {
    angle,
    headSha,
    round,
    panelists: [{ name: 'eslint', kind: 'analyzer', version: '1', status: 'ran' }],
    discussionTurns: 1,
    consensus: true,
    dissent: [],
    findings: [...findings],
  };
}

/** Where nothing is in files, nothing moves in them. */
const unmoved = ({ finding: { file, line } }: TrackedFinding) => ({ file, start: line, end: line, isKept: true });

/** Each engine turn makes a new head: `head-1`, `head-2`, ... */
export function scriptActivities(answers: Answers = {}): ScriptedActivities {
  const calls: { type: ActivityType; input: unknown }[] = [];
  let heads = 0;
  const engineWork = (): Omit<EngineWork, 'attempt' | 'by'> => ({
    outcome: 'edited',
    headSha: `head-${String((heads += 1))}`,
    files: ['src/a.ts'],
    commits: [`head-${String(heads)}`],
    engine: { name: 'scripted', version: '1', model: 'none' },
    usage: { source: 'none' },
    usedBefore: [],
    resumed: false,
    interruptions: [],
    detail: '',
    warnings: [],
    held: [],
    artifacts: [],
  });
  const work = { story: STORY, branch: 'vishkar/DEMO-1-a-story', baseBranch: 'main', baseSha: 'base', headSha: 'base' };
  const effect = { id: 'e1', adopted: false };
  const pullRequest = (headSha: string) => ({
    number: 1,
    url: 'file:///remote.git#1',
    state: 'open' as const,
    branch: work.branch,
    baseBranch: 'main',
    headSha,
  });
  const review = (input: ActivityInput<'security_review'>) => ({
    review: angleReview(input.angle, input.headSha, input.round),
    usage: { source: 'none' as const },
    artifacts: [],
  });
  const command = { name: 'build', command: 'npm run build', exitCode: 0, durationMs: 1, timedOut: false };
  const report = {
    runner: 'vitest',
    command: 'vitest run',
    exitCode: 0,
    durationMs: 1,
    timedOut: false,
    passed: 2,
    failed: 0,
    skipped: 0,
    failures: [],
    coverage: { totalPercent: 95, changedPercent: 100, changedLines: 4 },
    artifacts: [],
  };
  const receipt = { receiptSeal: 'a'.repeat(64), receiptUri: 'file:///receipt.json', artifacts: [] };
  const defaults: { readonly [T in ActivityType]: Answer<T> } = {
    select_task: () => ({ ...work, transition: effect, comment: effect, artifacts: [] }),
    plan_implementation: ({ headSha }) => ({
      ...engineWork(),
      ...{ outcome: 'no_change' as const, headSha, files: [], commits: [] },
      plan: { summary: 'add it', files: [{ path: 'src/a.ts', why: 'there' }], risks: [], questions: [] },
    }),
    execute_implementation: engineWork,
    architecture_review: review,
    security_review: review,
    quality_review: review,
    techstack_review: review,
    settle_findings: ({ ledger, headSha, reviews }) => ({
      ledger: settleFindings(ledger, { headSha, reviews, anchorOf: () => NO_ANCHOR, placeOf: unmoved }),
    }),
    fix_issues: engineWork,
    allow_changes: () => ({ headSha: `head-${String((heads += 1))}`, artifacts: [] }),
    store_feedback: ({ headSha }) => ({
      headSha,
      findingsFile: '.reviews/findings/DEMO-1.json',
      lessonCandidates: 0,
      artifacts: [],
    }),
    verify_story: ({ headSha }) => ({ headSha, commands: [command], absent: [], criteria: [], artifacts: [] }),
    design_tests: ({ headSha }) => ({
      headSha,
      path: 'tests/cases/DEMO-1.json',
      file: {
        schemaVersion: 1,
        story: 'DEMO-1',
        cases: [
          {
            id: 'TC-DEMO-1-001',
            title: 'It works',
            description: '',
            kind: 'positive',
            type: 'unit',
            priority: 'high',
            preconditions: [],
            steps: [{ action: 'do', expected: 'done', data: '' }],
            storyLink: 'DEMO-1#AC-1',
            automation: { status: 'planned', path: '' },
          },
        ],
      },
      artifacts: [],
    }),
    implement_tests: () => ({ ...engineWork(), links: { 'TC-DEMO-1-001': 'test/a.test.ts' }, unlinked: [] }),
    run_tests: ({ headSha }) => ({ headSha, report, deletedTests: [], artifacts: [] }),
    mutate_change: ({ headSha }) => ({
      headSha,
      mutation: { killed: 4, survivors: [], invalid: 0, notTried: 0, otherLanguages: [] },
      artifacts: [],
    }),
    fix_tests: engineWork,
    create_pr: ({ headSha }) => ({ pullRequest: pullRequest(headSha), adopted: false, artifacts: [] }),
    review_pr: ({ headSha }) => ({
      review: effect,
      verdict: 'approve',
      headSha,
      openThreads: [],
      protectedFiles: [],
      artifacts: [],
    }),
    address_pr_feedback: ({ threads }) => ({
      ...engineWork(),
      threads: Object.fromEntries(threads.map((thread) => [thread.id, `head-${String(heads)}`])),
    }),
    rerun_checks: ({ names }) => ({ names }),
    check_ci: ({ headSha }) => ({ checks: { headSha, state: 'passed', runs: [command] }, artifacts: [] }),
    fix_ci: engineWork,
    watch_pr: ({ headSha }) => ({ pullRequest: pullRequest(headSha) }),
    watch_story: () => ({ story: STORY }),
    ask_in_tracker: () => ({ comment: effect }),
    await_story: () => {
      throw ApplicationFailure.retryable('nothing yet', 'STORY_UNCHANGED');
    },
    notify_person: () => ({ channel: 'test', deliveredAt: '2026-01-01T00:00:00Z', adopted: false }),
    enqueue_pr: () => ({ queue: null }),
    close_story: () => ({
      mergeSha: 'merge-1',
      merge: effect,
      transition: effect,
      comment: effect,
      worklog: effect,
      limits: [],
      ...receipt,
    }),
    stop_story: () => ({ ...receipt, usedBefore: [] }),
  };
  const serve =
    <T extends ActivityType>(type: T) =>
    async (input: never) => {
      calls.push({ type, input });
      ACTIVITY_CONTRACTS[type].input.parse(input);
      const override = answers[type] as Answer<T> | undefined;
      // A wait has no answer until a test gives one.
      const answer = override !== undefined && type === 'await_story' ? {} : await (defaults[type] as Answer<T>)(input);
      return { ...answer, ...(await override?.(input)), attempt: 1, by: 'scripted' };
    };
  return {
    calls,
    activities: Object.fromEntries(Object.values(ACTIVITY_TYPES).map((type) => [type, serve(type)])),
    count: (type) => calls.filter((call) => call.type === type).length,
  };
}
