/**
 * One story from an issue of Jira to its merge on GitHub by the built command, with the real mcp-atlassian in front of the stand-in Jira and
 * git over HTTP to the stand-in GitHub. Which engine, which project and which Temporal service is the test's to say.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startChild } from '@vishkar/testkit';
import { expect, onTestFinished } from 'vitest';
import type { Evidence } from '../../src/domain/evidence.js';
import { receiptFault } from '../../src/domain/receipt.js';
import type { Receipt } from '../../src/domain/receipt.js';
import type { StepId } from '../../src/domain/step.js';
import { GithubServer, TOKEN as GITHUB_TOKEN } from '../github/github-server.js';
import { OWNER, REPO } from '../github/github-site.js';
import { JiraRestServer, TOKEN as JIRA_TOKEN } from '../jira/jira-rest-server.js';
import { readText } from '../jira/site-by-hand.js';
import { commitFiles, runGit } from '../support/git-repository.js';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const LIMIT_MS = 400_000;

export interface StoryParts {
  /** The project's checkout, with a commit on `main`, and its bare remote. */
  readonly checkout: string;
  readonly remote: string;
  readonly home: string;
  /** Path of mcp-atlassian. */
  readonly program: string;
  readonly story: { readonly summary: string; readonly description: string };
  /** Of the configuration, beside tracker and source host. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly environment: Readonly<Record<string, string>>;
}

interface Report {
  readonly outcome: string;
  readonly pullRequest: { readonly mergeSha: string };
  readonly steps: readonly { readonly status: string }[];
}

export interface MergedStory {
  /** What the last evidence of a step says. */
  readonly evidence: (step: StepId) => Readonly<Record<string, unknown>>;
  /** All that the run printed. */
  readonly output: string;
}

/** Runs it, approves it, and asks that every effect is there exactly once and that the receipt holds. */
export async function mergeStory(parts: StoryParts): Promise<MergedStory> {
  const { checkout, remote, home, program, config } = parts;
  const jira = await JiraRestServer.start('data-center');
  const github = await GithubServer.start(remote);
  onTestFinished(async () => {
    await Promise.all([jira.close(), github.close()]);
  });
  const { site } = github;
  site.runChecks = () => [{ name: 'unit' }];
  const issue = jira.site.create({ ...parts.story, priority: 'High' });
  const server = {
    transport: 'stdio',
    command: program,
    environment: jira.settings,
    secretsEnv: { JIRA_API_TOKEN: 'STORY_JIRA_TOKEN' },
  };
  const sourceHost = { kind: 'github', owner: OWNER, repo: REPO, baseUrl: github.apiAddress };
  writeFileSync(
    join(checkout, 'vishkar.config.json'),
    JSON.stringify({
      tracker: { kind: 'jira', jira: { project: 'DEMO', server } },
      sourceHost: { ...sourceHost, tokenEnv: 'STORY_GITHUB_TOKEN' },
      ...config,
    }),
  );
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(GOOSE_|OPENAI_|ANTHROPIC_|TEMPORAL_|VISHKAR_)/.test(name),
  );
  const env = {
    ...Object.fromEntries(own),
    VISHKAR_HOME: home,
    STORY_JIRA_TOKEN: JIRA_TOKEN,
    STORY_GITHUB_TOKEN: GITHUB_TOKEN,
    ...parts.environment,
  };
  const start = (...args: readonly string[]) => {
    const child = startChild(process.execPath, [MAIN, ...args, '--json'], { cwd: checkout, env });
    onTestFinished(async () => void (await child.stop()));
    return child;
  };
  const run = start('run', 'DEMO-1');
  await run.waitForOutput(/waits for (?:approval|decision)/, LIMIT_MS);
  expect(run.stderr).not.toContain('waits for decision');
  const approval = start('approve', 'DEMO-1');
  expect(await approval.exited, approval.stdout).toMatchObject({ code: 0 });
  expect(await run.exited, run.stderr).toMatchObject({ code: 0 });
  const report = JSON.parse(run.stdout) as Report;
  expect(report.outcome).toBe('merged');
  expect(report.steps.map(({ status }) => status)).toEqual(Array.from({ length: 17 }, () => 'passed'));

  expect([issue.status, issue.worklogs.length]).toEqual(['Done', 1]);
  const comments = issue.comments.map(({ body }) => /vishkar ref [0-9a-f]{16}/.exec(readText(body, 'wiki'))?.[0]);
  expect([comments.length, new Set(comments).size]).toEqual([2, 2]);
  expect(site.pulls).toHaveLength(1);
  const { mergeSha, reviews } = site.require(1);
  expect(mergeSha).toBe(report.pullRequest.mergeSha);
  expect(runGit(remote, 'rev-list', '--merges', 'main')).toBe(mergeSha);
  expect(reviews).toHaveLength(1);
  const markers = runGit(remote, 'log', 'main', '--format=%(trailers:key=Vishkar-Step)%(trailers:key=Vishkar-Round)');
  const turns = markers.split('\n\n').filter((turn) => turn.trim() !== '');
  expect(turns).toEqual([...new Set(turns)]);
  expect([...jira.site.violations, ...github.violations]).toEqual([]);

  const status = start('status', 'DEMO-1');
  expect(await status.exited, status.stderr).toMatchObject({ code: 0 });
  const told = (JSON.parse(status.stdout) as { evidence: readonly Evidence[] }).evidence;
  const evidence = (step: StepId) => told.findLast((each) => each.step === step)?.data ?? {};
  const { receiptUri, receiptSeal } = evidence('close') as { receiptUri: string; receiptSeal: string };
  const receipt = JSON.parse(readFileSync(fileURLToPath(receiptUri), 'utf8')) as Receipt;
  expect(receiptFault(receipt, (text) => createHash('sha256').update(text).digest('hex'))).toBeUndefined();
  expect([receipt.story, receipt.outcome, receipt.seal]).toEqual(['DEMO-1', 'merged', receiptSeal]);
  return { evidence, output: run.stdout + run.stderr + status.stdout };
}

/** A Python project with a suite of pytest that measures coverage. */
export function pythonProject(checkout: string, remote: string): void {
  commitFiles(
    checkout,
    {
      'pyproject.toml':
        '[project]\nname = "numbers-kit"\nversion = "1.0.0"\n\n[tool.pytest.ini_options]\npythonpath = ["src"]\n',
      'src/numbers_kit/__init__.py': 'def first():\n    return 1\n',
      'tests/test_first.py': 'from numbers_kit import first\n\n\ndef test_first():\n    assert first() == 1\n',
      '.gitignore': '__pycache__/\n',
    },
    'a kit of numbers',
  );
  runGit(checkout, 'push', '--quiet', remote, 'main');
}
