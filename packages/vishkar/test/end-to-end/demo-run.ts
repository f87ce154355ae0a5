/** Runs the built demo as `npm start` does, as a process group of its own, and looks at what it leaves behind. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { startChild } from '@vishkar/testkit';
import type { StartedChild } from '@vishkar/testkit';
import type { DemoReport } from '../../src/demo/demo-report.js';
import { gitText } from '../../src/git/git-command.js';

const TOP = fileURLToPath(new URL('../../../../', import.meta.url));
const DEMO = join(TOP, 'packages/vishkar/dist/demo/main.js');

/** Settings of a model or a Temporal service on the machine that runs the tests must not change what they show. */
const FOREIGN = /^(GOOSE_|OPENAI_|ANTHROPIC_|TEMPORAL_|VISHKAR_)/;

/** A folder below the repository, whose tools the example uses; gone after the test. */
export function demoFolder(): string {
  const parent = join(TOP, '.vishkar-demo');
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, 'test-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

export function startDemo(folder: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): StartedChild {
  const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !FOREIGN.test(name)));
  const child = startChild(process.execPath, [DEMO, '--json', '--folder', folder, ...args], {
    cwd: TOP,
    env: { ...own, ...env },
  });
  onTestFinished(async () => {
    await child.stop();
  });
  return child;
}

/** The report of a run that ended well. */
export async function demoReport(child: StartedChild): Promise<DemoReport> {
  const { code } = await child.exited;
  if (code !== 0) throw new Error(`the demo ended with ${String(code)}:\n${child.stderr}\n${child.stdout}`);
  return JSON.parse(child.stdout) as DemoReport;
}

/** What the outside world holds after a story: each of these must be there exactly once. */
export async function outsideEffects(report: DemoReport, folder: string) {
  const lines = async (...args: string[]) => {
    const text = await gitText(args, { cwd: report.remote });
    return text === '' ? [] : text.split('\n');
  };
  const [number] = readdirSync(folder).filter((name) => /^\d+$/.test(name));
  const backlog = readFileSync(join(folder, number ?? '', 'project/.vishkar/backlog', `${report.story}.md`), 'utf8');
  const count = (pattern: RegExp) => [...backlog.matchAll(pattern)].length;
  const turns = await lines(
    'log',
    'main',
    '--format=%(trailers:key=Vishkar-Step,valueonly,separator=%x2C)/%(trailers:key=Vishkar-Round,valueonly,separator=%x2C)',
  );
  return {
    mergesOnMain: await lines('rev-list', '--merges', 'main'),
    branches: await lines('for-each-ref', '--format=%(refname:short)', 'refs/heads'),
    pullRequests: readdirSync(join(report.remote, 'vishkar/pull-requests'), { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    ).length,
    claims: count(/select\/1\/claim/g),
    closingComments: count(/close\/1\/comment/g),
    worklogs: count(/close\/1\/worklog/g),
    status: /^status: (.*)$/m.exec(backlog)?.[1],
    /** Engine turns and commits of ours on the merged branch, by their markers. */
    turns: turns.filter((line) => line !== '/').sort(),
  };
}
