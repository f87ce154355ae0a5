/**
 * One story from an issue of Jira to a pull request of GitHub and its merge, by the built command, real Goose on a scripted model and the
 * real mcp-atlassian, under SIGKILLs at random instants: of everything at once, of the process with service and worker, of the engine, of
 * the MCP server; while Jira and GitHub answer late, twice, with errors after the work, or not at all, and a person comments on the pull
 * request. It finishes, and every effect is there once.
 * `npm run chaos` kills 50 times, `npm run chaos -- --short` 5 times; CHAOS_SEED repeats a run's choices.
 */
import { join } from 'node:path';
import { setTimeout as elapse } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  chosenSeed,
  goose,
  itNeeds,
  readRecordedRounds,
  ScriptedModelServer,
  scriptedStory,
  SeededRandom,
  startChild,
  waitUntil,
} from '@vishkar/testkit';
import { expect, onTestFinished, vi } from 'vitest';
import { EXIT } from '../../src/cli/exit-codes.js';
import { openDemoCopy } from '../../src/demo/demo-copy.js';
import type { Evidence } from '../../src/domain/evidence.js';
import { interruptionSchema } from '../../src/domain/interruption.js';
import type { Interruption } from '../../src/domain/interruption.js';
import { gitText } from '../../src/git/git-command.js';
import { demoFolder } from '../end-to-end/demo-run.js';
import { GithubServer, TOKEN as GITHUB_TOKEN } from '../github/github-server.js';
import type { GithubFault } from '../github/github-server.js';
import { OWNER, REPO } from '../github/github-site.js';
import { JiraRestServer, TOKEN } from '../jira/jira-rest-server.js';
import type { RestFault } from '../jira/jira-rest-server.js';
import { mcpAtlassian } from '../jira/mcp-atlassian.js';
import { readText } from '../jira/site-by-hand.js';
import { killHard, linux, processesOf } from '../support/own-processes.js';

const KILLS = process.env['VISHKAR_LONG_TESTS'] === 'short' ? 5 : 50;
/** How long the command runs before the next kill: some come while it starts, some deep in a step. */
const MIN_UPTIME_MS = 500;
const MAX_UPTIME_MS = 7_000;
const APPEARS_WITHIN_MS = 15_000;
/** Longer than a story pauses after an engine's second failure in a turn. */
const ENGINE_APPEARS_WITHIN_MS = 35_000;
/** On a busy machine a command takes long to start; most kills are to come when the story moves. */
const STARTS_WITHIN_MS = 60_000;

/** A model that answers at once is hardly ever met while its engine works. */
const THINK_MS = KILLS === 50 ? 2_500 : 1_000;
/** Of all kills, so many at least are to meet a running engine. */
const MEET_ENGINE = KILLS === 50 ? 10 : 0;

const EXAMPLES = fileURLToPath(new URL('../../../../examples/', import.meta.url));
const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const MODEL = 'story-kills';

/** The backlog's story, as a person would write it into Jira (wiki markup). */
const DESCRIPTION = `Let users write duration arithmetic as they think it.

h2. Acceptance criteria

* Sums, differences, products, quotients and parentheses are evaluated with the usual precedence
* Text that is no valid expression is refused with a DurationSyntaxError that knows the position, and is never executed
* The command \`duration eval\` prints the result in short form, and ends with exit code 1 when the expression is refused`;

/** What may go wrong with a request to Jira; each happens once, to the next request that it fits. */
const FAULTS: readonly RestFault[] = [
  { method: 'POST', path: /\/comment$/, work: 'done', answer: 'cut' },
  { method: 'POST', path: /\/comment$/, work: 'done', answer: 500 },
  { method: 'POST', path: /\/comment$/, work: 'not done', answer: 503 },
  { method: 'POST', path: /\/worklog$/, work: 'done', answer: 'cut' },
  { method: 'POST', path: /\/worklog$/, work: 'done', answer: 502 },
  { method: 'POST', path: /\/transitions$/, work: 'done', answer: 500 },
  { method: 'POST', path: /\/transitions$/, work: 'not done', answer: 'cut' },
  { method: 'GET', path: /./, work: 'not done', answer: 429, headers: { 'retry-after': '1' } },
  { method: 'GET', path: /./, work: 'not done', answer: 'garbage' },
];

/** The same for GitHub; a proxy in between may carry out a request twice. */
const GITHUB_FAULTS: readonly GithubFault[] = [
  { call: /^POST .*[/]pulls$/, work: 'done', answer: 'cut' },
  { call: /^POST .*[/]pulls$/, work: 'done twice', answer: 'real' },
  { call: /^POST .*[/]reviews$/, work: 'done', answer: 502 },
  { call: /^POST .*[/]reviews$/, work: 'done', answer: 'silence' },
  { call: /^GRAPHQL replyToThread/, work: 'done', answer: 'cut' },
  { call: /^GRAPHQL replyToThread/, work: 'done twice', answer: 'real' },
  { call: /^PUT .*[/]merge$/, work: 'done', answer: 'cut' },
  { call: /^PUT .*[/]merge$/, work: 'done', answer: 500 },
  { call: /^GIT [/]git-receive-pack/, work: 'done', answer: 'cut' },
  { call: /^GIT [/]git-receive-pack/, work: 'not done', answer: 503 },
  { call: /^GET /, work: 'not done', answer: 'garbage' },
  { call: /^GET /, work: 'not done', answer: 429, headers: { 'retry-after': '1' } },
];

/** The example's recording has no turn for what a person says on the pull request. */
const ANSWER_TO_ADA = {
  kind: 'address-review',
  round: 1,
  edits: [{ op: 'write', file: 'NOTES.md', content: 'Durations may be negative.\n' }],
} as const;

/** What the evidence of a story's steps says of attempts that were cut off. */
function interruptionsIn({ evidence }: { readonly evidence: readonly Evidence[] }): readonly Interruption[] {
  return evidence.flatMap(({ data }) => interruptionSchema.array().parse(data['interruptions'] ?? []));
}

itNeeds(
  { goose, program: mcpAtlassian, linux },
  `a story survives ${String(KILLS)} kills of service, worker, engine and MCP server, with every effect exactly once`,
  async ({ goose: binary, program }) => {
    const random = new SeededRandom(chosenSeed());
    console.log(`seed ${String(random.seed)} (CHAOS_SEED repeats it)`);
    vi.stubEnv('TEST_JIRA_TOKEN', TOKEN);
    vi.stubEnv('TEST_GITHUB_TOKEN', GITHUB_TOKEN);
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    const jira = await JiraRestServer.start('data-center');
    onTestFinished(() => jira.close());
    const model = await ScriptedModelServer.start([
      scriptedStory({
        model: MODEL,
        thinkMs: THINK_MS,
        rounds: [...readRecordedRounds(join(EXAMPLES, 'duration-kit.recording')), ANSWER_TO_ADA],
      }),
    ]);
    onTestFinished(() => model.close());
    const issue = jira.site.create({
      summary: 'Evaluate duration expressions',
      description: DESCRIPTION,
      priority: 'High',
    });
    const folder = demoFolder();
    const github = await GithubServer.start(join(folder, '1', 'remote.git'));
    const { site } = github;
    site.runChecks = () => [{ name: 'unit' }];
    // A person comments as soon as there is something to comment on.
    const ada = setInterval(() => {
      const [pull] = site.pulls;
      if (pull === undefined || pull.threads.length > 0) return;
      const first = { id: site.nextId(), author: 'ada', body: 'May a duration be negative? Say so.', isPending: false };
      pull.threads.push({
        id: 'PRRT_1',
        path: 'README.md',
        line: 1,
        originalLine: 1,
        isResolved: false,
        comments: [first],
      });
    }, 50);
    onTestFinished(async () => {
      clearInterval(ada);
      await github.close();
    });
    const { repository, remote, home } = await openDemoCopy(folder, join(EXAMPLES, 'duration-kit'), {
      sourceHost: {
        kind: 'github',
        owner: OWNER,
        repo: REPO,
        baseUrl: github.apiAddress,
        tokenEnv: 'TEST_GITHUB_TOKEN',
        requestTimeoutMs: 5_000,
      },
      engine: { engine: 'goose', provider: 'openai', model: MODEL, host: model.host },
      tracker: {
        kind: 'jira',
        jira: {
          project: 'DEMO',
          server: {
            transport: 'stdio',
            command: program,
            environment: jira.settings,
            secretsEnv: { JIRA_API_TOKEN: 'TEST_JIRA_TOKEN' },
          },
        },
      },
    });
    const own = Object.entries(process.env).filter(
      ([name]) => !/^(GOOSE_|OPENAI_|ANTHROPIC_|TEMPORAL_|VISHKAR_)/.test(name),
    );
    const env = { ...Object.fromEntries(own), VISHKAR_HOME: home, GOOSE_BIN: binary, OPENAI_API_KEY: 'scripted-key' };
    const start = () => startChild(process.execPath, [MAIN, 'run', 'DEMO-1', '--json'], { cwd: repository, env });
    let run = start();
    let output = '';
    const isRunning = () => processesOf(MAIN, home).includes(run.pid);
    onTestFinished(async () => {
      await run.stop();
    });

    const engines = () => processesOf(binary, home);
    const servers = () => processesOf(program, jira.address);
    const targets: Record<string, () => boolean> = {
      everything: () => {
        const all = [run.pid, ...engines(), ...servers()];
        return all.map(killHard).some(Boolean);
      },
      'service and worker': () => killHard(run.pid),
      engine: () => killHard(engines()[0]),
      'MCP server': () => killHard(servers()[0]),
    };
    // The engine is there for a part of the time only, and is what costs most.
    const names = [...Object.keys(targets), 'engine', 'engine'];
    const killed: Record<string, number> = {};
    let metEngine = 0;
    // After its third failure in a turn a person is asked.
    const answered = new Map<typeof run, number>();
    const bob = setInterval(() => {
      const asked = run.stderr.split('waits for decision').length - 1;
      if (asked <= (answered.get(run) ?? 0)) return;
      answered.set(run, asked);
      const argv = [MAIN, 'answer', 'DEMO-1', 'retry', '--reason', 'try it again', '--json'];
      startChild(process.execPath, argv, { cwd: repository, env });
    }, 500);
    onTestFinished(() => {
      clearInterval(bob);
    });
    for (let kills = 0; kills < KILLS;) {
      if (!isRunning()) {
        output += run.stderr;
        // It may end by itself when Jira does not answer while it chooses the story; called again, it goes on.
        expect((await run.exited).code, run.stdout + run.stderr).not.toBe(EXIT.usage);
        run = start();
      }
      const fault = FAULTS[random.between(0, FAULTS.length - 1)];
      // No more than the story meets while it runs: faults that pile up would only make it wait longer from try to try.
      if (fault !== undefined && random.next() < 0.3 && jira.faults.length < 2) jira.faults.push(fault);
      const other = GITHUB_FAULTS[random.between(0, GITHUB_FAULTS.length - 1)];
      if (other !== undefined && random.next() < 0.3 && github.faults.length < 2) github.faults.push(other);
      const isAtStart = random.next() < 0.2;
      if (!isAtStart) await run.waitForOutput(/on the Temporal service/, STARTS_WITHIN_MS).catch(() => undefined);
      await elapse(random.between(MIN_UPTIME_MS, MAX_UPTIME_MS));
      const name = names[random.between(0, names.length - 1)] ?? 'everything';
      // Engine and MCP server come and go: it may take a while until one is there to be killed.
      const appearsMs = name === 'engine' ? ENGINE_APPEARS_WITHIN_MS : APPEARS_WITHIN_MS;
      const until = performance.now() + appearsMs;
      // Then no engine comes any more.
      const isOver = () => name === 'engine' && run.stderr.includes('waits for approval');
      let hasEngine = engines().length > 0;
      let isHit = targets[name]?.() === true;
      while (!isHit && performance.now() < until && !isOver()) {
        await elapse(50);
        hasEngine = engines().length > 0;
        isHit = targets[name]?.() === true;
      }
      if (!isHit && !killHard(run.pid)) continue;
      const hit = isHit ? name : 'service and worker';
      killed[hit] = (killed[hit] ?? 0) + 1;
      kills += 1;
      if (hasEngine && hit !== 'MCP server') metEngine += 1;
      if (hit === 'service and worker' || hit === 'everything') await run.exited;
    }
    output += run.stderr;
    console.log(`killed: ${JSON.stringify(killed)}; ${String(metEngine)} of them met a running engine`);
    expect(metEngine).toBeGreaterThanOrEqual(MEET_ENGINE);

    let waits: RegExpExecArray | undefined;
    while (waits === undefined) {
      if (!isRunning()) run = start();
      waits = await run.waitForOutput(/waits for approval/, 600_000).catch(async (error: unknown) => {
        // It ended as above, which has a code of the tracker's; anything else is a fault.
        if (!/"code": "TRACKER_/.test(run.stdout)) throw new Error(output + run.stderr + run.stdout, { cause: error });
        await run.exited;
        return undefined;
      });
    }
    const last = run;
    const approve = startChild(process.execPath, [MAIN, 'approve', 'DEMO-1', '--json'], { cwd: repository, env });
    expect(await approve.exited, approve.stdout).toMatchObject({ code: 0 });
    expect(await last.exited, last.stderr).toMatchObject({ code: 0 });
    const report = JSON.parse(last.stdout) as { outcome: string; pullRequest: { mergeSha: string }; steps: object[] };
    expect(report).toMatchObject({ outcome: 'merged' });
    expect(report.steps).toHaveLength(17);
    for (const step of report.steps) expect(step).toMatchObject({ status: 'passed' });

    const comments = issue.comments.map(({ body }) => readText(body, 'wiki'));
    expect(issue.status, output).toBe('Done');
    // Beside what was asked of Bob when an engine had failed too often.
    expect(comments.filter((text) => !text.includes('waits for a person'))).toHaveLength(2);
    const refs = comments.map((text) => /vishkar ref [0-9a-f]{16}/.exec(text)?.[0]);
    expect(refs).toEqual([...new Set(refs)]);
    expect(issue.worklogs).toHaveLength(1);
    expect(jira.site.violations).toEqual([]);
    const lines = async (...args: string[]) => (await gitText(args, { cwd: remote })).split('\n').filter(Boolean);
    expect(await lines('rev-list', '--merges', 'main')).toEqual([report.pullRequest.mergeSha]);
    expect(await lines('for-each-ref', '--format=%(refname)', 'refs/heads')).toHaveLength(2);
    expect(site.pulls).toHaveLength(1);
    const { reviews, threads, mergeSha } = site.require(1);
    expect(mergeSha).toBe(report.pullRequest.mergeSha);
    const reviewed = reviews.map(({ commit }) => commit);
    expect(reviewed.length).toBeGreaterThan(0);
    expect(reviewed).toEqual([...new Set(reviewed)]);
    expect(threads.map(({ comments: said }) => said.map(({ author }) => author))).toEqual([['ada', 'vishkar-bot']]);
    expect(github.violations).toEqual([]);
    const turns = await lines(
      'log',
      'main',
      '--format=%(trailers:key=Vishkar-Step,valueonly,separator=)/%(trailers:key=Vishkar-Round,valueonly,separator=)',
    );
    const ours = turns.filter((turn) => turn !== '/');
    expect(ours.toSorted()).toEqual([...new Set(ours)].toSorted());
    const status = startChild(process.execPath, [MAIN, 'status', 'DEMO-1', '--json'], { cwd: repository, env });
    expect(await status.exited, status.stderr).toMatchObject({ code: 0 });
    const cutOff = interruptionsIn(JSON.parse(status.stdout) as { evidence: readonly Evidence[] });
    const inSession = cutOff.filter(({ continuedBy }) => continuedBy === 'session');
    const lost = cutOff.map(({ lostMs }) => lostMs);
    console.log(
      `${String(cutOff.length)} attempts at engine turns were cut off, ${String(inSession.length)} went on in their session; ` +
        `lost of each: ${JSON.stringify(lost)} ms, steps made again: ${String(cutOff.reduce((sum, each) => sum + each.repeatedSteps, 0))}`,
    );
    for (const each of inSession) expect(each, JSON.stringify(cutOff)).toMatchObject({ repeatedSteps: 0 });
    await waitUntil(() => [...engines(), ...servers()].length === 0, { what: 'engine and MCP server to be gone' });
  },
  KILLS * 30_000 + 600_000,
);
