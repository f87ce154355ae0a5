/** What counts as a check of a head on GitHub, and what a story is told of it. */
import { expect, it } from 'vitest';
import { classifyFailures, redChecks } from '../../src/domain/check-failures.js';
import { checksGate } from '../../src/domain/gate.js';
import { githubPullRequest, QUIET } from './github-fixture.js';
import { ACTIONS_APP } from './github-site.js';

async function withChecks(settings: object = {}) {
  const host = await githubPullRequest(settings);
  const { connect, number, headSha } = host;
  const report = async () => await connect(settings).checks({ number, headSha }, QUIET);
  return { ...host, report };
}

it('checks are pending until one has begun and all have ended, and an action that a person must take is none', async () => {
  const { site, headSha, report } = await withChecks();
  expect((await report()).state).toBe('pending');
  site.checkRuns.set(headSha, [{ name: 'unit' }, { name: 'lint', status: 'in_progress' }]);
  expect((await report()).state).toBe('pending');
  site.checkRuns.set(headSha, [{ name: 'unit' }, { name: 'lint', conclusion: 'action_required' }]);
  expect((await report()).state).toBe('pending');
  site.checkRuns.set(headSha, [{ name: 'unit' }, { name: 'lint', conclusion: 'skipped' }]);
  const passed = await report();
  expect(passed).toMatchObject({ state: 'passed', runs: [{ name: 'lint' }, { name: 'unit', durationMs: 7_000 }] });
  expect(checksGate(passed, headSha).passed).toBe(true);
  site.statuses.set(headSha, [{ context: 'ci/legacy', state: 'pending', description: 'queued' }]);
  expect((await report()).state).toBe('pending');
  site.statuses.set(headSha, [{ context: 'ci/legacy', state: 'error', description: 'the runner is gone' }]);
  expect((await report()).state).toBe('failed');
});

it('checks that the base branch requires are waited for, by both kinds of rules', async () => {
  const { site, headSha, report } = await withChecks();
  site.checkRuns.set(headSha, [{ name: 'unit' }]);
  site.rules.requiredChecks = ['unit', 'e2e'];
  expect((await report()).state).toBe('pending');
  site.rules.requiredChecks = ['unit'];
  site.rules.requiredByRuleset = ['audit'];
  expect((await report()).state).toBe('pending');
  site.rules.requiredByRuleset = [];
  expect((await report()).state).toBe('passed');
});

it.each([
  ['protection', 'requiredChecks'],
  ['a ruleset', 'requiredByRuleset'],
] as const)(
  'a check that %s requires of one app is not met by another app that gives it the same name',
  async (_, kind) => {
    const { site, headSha, report } = await withChecks({ checks: 'required' });
    site.rules[kind] = [{ context: 'unit', appId: ACTIONS_APP }];
    site.checkRuns.set(headSha, [{ name: 'unit', app: 'impostor' }]);
    expect(await report()).toMatchObject({ state: 'pending', pending: ['unit (required of app 15368, not there)'] });
    site.checkRuns.set(headSha, [
      { name: 'unit', app: 'impostor' },
      { name: 'unit', conclusion: 'failure' },
    ]);
    expect((await report()).state).toBe('failed');
    site.checkRuns.set(headSha, [{ name: 'unit', app: 'impostor', conclusion: 'failure' }, { name: 'unit' }]);
    expect((await report()).state).toBe('passed');
  },
);

it('a required check that was renamed is waited for, by the name under which it is required', async () => {
  const { site, headSha, report } = await withChecks();
  site.rules.requiredChecks = ['unit'];
  site.checkRuns.set(headSha, [{ name: 'unit tests' }]);
  expect(await report()).toMatchObject({ state: 'pending', pending: ['unit (required, not there)'] });
  site.rules.requiredChecks = ['unit tests'];
  expect((await report()).state).toBe('passed');
});

it('checks beyond the required ones do not count where the configuration says so', async () => {
  const { site, headSha, report } = await withChecks({ checks: 'required' });
  site.rules.requiredChecks = ['unit'];
  site.checkRuns.set(headSha, [{ name: 'unit' }, { name: 'flaky', conclusion: 'failure' }]);
  expect(await report()).toMatchObject({ state: 'passed', runs: [{ name: 'unit', exitCode: 0 }] });
});

it('a project without checks on GitHub says so in its evidence, and asks GitHub nothing', async () => {
  const { headSha, report } = await withChecks({ checks: 'none' });
  const passed = await report();
  expect(passed.runs.map((run) => run.name)).toEqual(['no checks on GitHub']);
  expect(checksGate(passed, headSha).passed).toBe(true);
});

it('a failed check comes with what GitHub knows of it, without secrets', async () => {
  const { site, headSha, report, artifacts } = await withChecks();
  const annotations = [{ path: 'a.txt', line: 2, message: 'two is wrong' }];
  const log = 'Error: expected 1\npushed to https://user:geheim@example.com/x\n';
  site.checkRuns.set(headSha, [
    { name: 'unit', conclusion: 'failure', summary: '1 test failed', annotations, log },
    { name: 'other', conclusion: 'timed_out', app: 'some-ci', summary: 'too slow' },
    { name: 'old', conclusion: 'failure' },
  ]);
  const failed = await report();
  expect(failed).toMatchObject({
    state: 'failed',
    runs: [
      { name: 'old', exitCode: 1 },
      { name: 'other', exitCode: -1, timedOut: true },
      { name: 'unit', exitCode: 1 },
    ],
  });
  const texts = await Promise.all(
    failed.runs.map(async (run) =>
      run.log === undefined ? '' : Buffer.from(await artifacts.read(run.log)).toString(),
    ),
  );
  expect(texts[0]).toContain("the log can't be read");
  expect(texts[1]).toContain('too slow');
  for (const text of ['1 test failed', 'a.txt:2: failure: two is wrong', 'Error: expected 1'])
    expect(texts[2]).toContain(text);
  expect(texts[2]).not.toContain('geheim');
  expect(await report()).toEqual(failed);
});

it('rules that the token may not read are taken for none', async () => {
  const { server, site, headSha, report } = await withChecks();
  site.checkRuns.set(headSha, [{ name: 'unit' }]);
  site.rules.requiredByRuleset = ['audit'];
  const message = 'Resource not accessible by integration';
  server.faults = [{ call: /\/rules\//, work: 'not done', answer: 403, message }];
  expect((await report()).state).toBe('passed');
  expect((await report()).state).toBe('pending');
});

it('a token that may not read check runs sees the jobs of GitHub Actions, and waits for a required check that it can not see', async () => {
  const { site, headSha, report, artifacts } = await withChecks();
  site.rules.mayReadChecks = false;
  expect((await report()).state).toBe('pending');
  site.checkRuns.set(headSha, [
    { name: 'unit', conclusion: 'failure', log: 'Error: 1' },
    { name: 'audit', app: 'some-ci' },
  ]);
  const failed = await report();
  expect(failed).toMatchObject({ state: 'failed', runs: [{ name: 'unit', exitCode: 1, durationMs: 7_000 }] });
  const [log] = failed.runs.flatMap((run) => (run.log === undefined ? [] : [run.log]));
  expect(log && Buffer.from(await artifacts.read(log)).toString()).toContain('Error: 1');
  site.checkRuns.set(headSha, [{ name: 'unit' }, { name: 'audit', app: 'some-ci' }]);
  expect((await report()).state).toBe('passed');
  site.rules.requiredChecks = ['audit'];
  expect((await report()).state).toBe('pending');
});

it('more checks than a page holds are all looked at', async () => {
  const { site, headSha, report } = await withChecks();
  const runs = Array.from({ length: 130 }, (_, at) => ({ name: `job ${String(at)}` }));
  site.checkRuns.set(headSha, [...runs, { name: 'last', conclusion: 'failure', app: 'some-ci' }]);
  expect((await report()).state).toBe('failed');
});

it('red checks run again, each by the call of who runs it, and what has no such call stays as it is', async () => {
  const { site, headSha, number, connect, report } = await withChecks();
  site.checkRuns.set(headSha, [
    { name: 'unit', conclusion: 'failure', again: { conclusion: 'success' } },
    { name: 'scan', app: 'scanner', conclusion: 'timed_out' },
    { name: 'lint' },
  ]);
  site.statuses.set(headSha, [{ context: 'ci/legacy', state: 'error', description: 'the runner is gone' }]);
  const first = await report();
  const causes = Object.fromEntries(first.runs.map(({ name, infrastructure }) => [name, infrastructure]));
  expect(causes).toEqual({ unit: undefined, scan: true, lint: undefined, 'ci/legacy': true });
  expect(await connect().rerunChecks({ number, headSha, names: redChecks(first) })).toEqual(['scan', 'unit']);
  expect(classifyFailures(first, await report())).toEqual([
    { name: 'ci/legacy', cause: 'infrastructure' },
    { name: 'scan', cause: 'infrastructure' },
    { name: 'unit', cause: 'flaky' },
  ]);
});
