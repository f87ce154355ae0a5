/**
 * Secrets in everything that can hold one (configuration's variables, the environment of whoever runs us, a proxy's address, git's own
 * settings), a whole story by Jira, GitHub and an engine that tells all it knows, with refusals, a crash and errors on the way: afterwards
 * no secret stands in any history, log, artifact, commit, comment, error or environment of a child but that of its one user.
 */
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { freePort, itNeeds, need, startChild, waitUntil } from '@vishkar/testkit';
import { expect, onTestFinished } from 'vitest';
import { APP, GithubServer } from '../github/github-server.js';
import { OWNER, REPO } from '../github/github-site.js';
import { JiraRestServer, USER } from '../jira/jira-rest-server.js';
import { mcpAtlassian } from '../jira/mcp-atlassian.js';
import { commandLine } from '../support/command-line.js';
import { runGit } from '../support/git-repository.js';
import { writeNosyAgent } from './nosy-agent.js';
import { startQuotingProvider } from './quoting-provider.js';
import { filesBelow, findPlanted, gitObjects } from './secret-search.js';
import type { Trace } from './secret-search.js';
import { openSpies } from './spies.js';

const EMBEDDED = fileURLToPath(new URL('../../../temporal-embedded/dist/cli/main.js', import.meta.url));
const linux = need('Linux (environments are read in /proc)', () => (process.platform === 'linux' ? true : undefined));

itNeeds(
  { program: mcpAtlassian, linux },
  'a whole story leaves none of the secrets that it was run with',
  async ({ program }) => {
    const environment: NodeJS.ProcessEnv = {};
    const { root, checkout, remote, home, start, json } = commandLine(() => environment);
    const spies = openSpies(join(root, 'spies'));
    const jira = await JiraRestServer.start('data-center');
    const github = await GithubServer.start(remote);
    const provider = await startQuotingProvider();
    onTestFinished(
      async () => await Promise.all([jira.close(), github.close(), provider.close()]).then(() => undefined),
    );
    const key = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const planted = {
      jiraToken: 'planted/Jira+token=4f1c9a7e',
      githubAppKey: key.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      openaiKey: 'planted-openai-key-77e1b2c3',
      anthropicKey: 'planted-anthropic-key-0d9e8f7a',
      googleKey: 'planted-google-key-5b6c7d8e',
      githubHookSecret: 'planted-github-hook-8a9b0c1d',
      jiraHookSecret: 'planted-jira-hook-2e3f4a5b',
      serviceKey: 'planted-service-key-1a2b3c4d',
      proxyPassword: 'planted-proxy-pass-9f8e7d6c',
      helperPassword: 'planted-helper-pass-2c3d4e5f',
      otherTokenOfThePerson: 'planted-person-token-6e5d4c3b',
      registryPassword: 'planted-registry-pass-3e4f5a6b',
    };
    github.appKey = key.publicKey.export({ type: 'spki', format: 'pem' }).toString();
    jira.accepted = [`Basic ${Buffer.from(`${USER}:${planted.jiraToken}`).toString('base64')}`];
    const issue = jira.site.create({
      summary: 'Add a function that returns the next number',
      description: 'next(1) is 2.',
      priority: 'High',
    });
    // What a person may have set for git: none of it is ours to use, nor to repeat.
    runGit(checkout, 'remote', 'set-url', 'origin', `http://me:${planted.helperPassword}@127.0.0.1:1/acme/thing.git`);
    runGit(checkout, 'config', 'credential.helper', `!echo password=${planted.helperPassword}; true`);

    const agent = writeNosyAgent(root, join(root, 'spies', 'records'));
    const manifest = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as { scripts: object };
    writeFileSync(
      join(checkout, 'package.json'),
      JSON.stringify({ ...manifest, scripts: { ...manifest.scripts, lint: spies.command } }),
    );
    runGit(checkout, 'commit', '--quiet', '--all', '--message', 'lint');
    runGit(checkout, 'push', '--quiet', remote, 'main');
    const goose = (name: string, apiKeyEnv: string) => ({
      engine: 'goose',
      provider: name,
      model: 'm',
      host: provider.host,
      apiKeyEnv,
    });
    writeFileSync(
      join(checkout, 'vishkar.config.json'),
      JSON.stringify({
        tracker: {
          kind: 'jira',
          jira: {
            project: 'DEMO',
            server: {
              transport: 'stdio',
              command: spies.wrap('mcp', program),
              environment: jira.settings,
              secretsEnv: { JIRA_API_TOKEN: 'PLANTED_JIRA' },
            },
          },
        },
        sourceHost: {
          kind: 'github',
          owner: OWNER,
          repo: REPO,
          baseUrl: github.apiAddress,
          app: { ...APP, privateKeyEnv: 'PLANTED_APP' },
        },
        webhooks: { port: 0, github: { secretEnv: 'PLANTED_GITHUB_HOOK' }, jira: { secretEnv: 'PLANTED_JIRA_HOOK' } },
        engine: goose('openai', 'PLANTED_OPENAI'),
        engines: {
          'implement-tests': goose('anthropic', 'ANTHROPIC_API_KEY'),
          'fix-tests': goose('google', 'PLANTED_GOOGLE'),
        },
      }),
    );
    github.site.runChecks = () => [{ name: 'unit' }];

    const database = join(root, 'service', 'temporal.db');
    mkdirSync(join(root, 'service'));
    const port = String(await freePort());
    const service = startChild(process.execPath, [
      ...[EMBEDDED, 'server', 'start-dev', '--port', port, '--db-filename', database, '--log-level', 'debug'],
    ]);
    onTestFinished(async () => void (await service.stop()));
    const address = `127.0.0.1:${port}`;
    await waitUntil(() => answers(address), { what: 'the service to answer' });

    const proxy = `http://me:${planted.proxyPassword}@127.0.0.1:1`;
    const temporary = join(root, 'tmp');
    mkdirSync(temporary);
    Object.assign(environment, {
      PATH: `${spies.gitFolder}:${process.env['PATH'] ?? ''}`,
      TMPDIR: temporary,
      GOOSE_BIN: agent,
      PLANTED_JIRA: planted.jiraToken,
      PLANTED_APP: planted.githubAppKey,
      PLANTED_GITHUB_HOOK: planted.githubHookSecret,
      PLANTED_JIRA_HOOK: planted.jiraHookSecret,
      PLANTED_OPENAI: planted.openaiKey,
      ANTHROPIC_API_KEY: planted.anthropicKey,
      PLANTED_GOOGLE: planted.googleKey,
      TEMPORAL_ADDRESS: address,
      TEMPORAL_API_KEY: planted.serviceKey,
      TEMPORAL_TLS: 'false',
      HTTP_PROXY: proxy,
      HTTPS_PROXY: proxy,
      ALL_PROXY: proxy,
      NO_PROXY: '127.0.0.1,localhost',
      npm_config_registry: `http://me:${planted.registryPassword}@127.0.0.1:1/`,
      NPM_TOKEN: planted.otherTokenOfThePerson,
      AWS_SECRET_ACCESS_KEY: planted.otherTokenOfThePerson,
      GITHUB_TOKEN: planted.otherTokenOfThePerson,
    });

    const doctor = await json('doctor');
    const run = start('run', 'DEMO-1', '--json');
    // The provider refused the key, and the engine crashed: a person decides.
    await run.waitForOutput(/waits for decision/, 240_000);
    const answer = await json('answer', 'DEMO-1', 'retry', '--reason', 'the key is right');
    await run.waitForOutput(/waits for approval/, 240_000).catch((error: unknown) => {
      throw new Error(`${run.stderr}\n${run.stdout}`, { cause: error });
    });
    const approval = await json('approve', 'DEMO-1');
    expect(approval).toMatchObject({ code: 0 });
    expect(await run.exited, run.stderr).toMatchObject({ code: 0 });
    const listed = await json('list');
    const status = await json('status', 'DEMO-1');

    // It was all used: the story went through every one of its holders.
    expect(JSON.parse(run.stdout)).toMatchObject({ outcome: 'merged' });
    expect([...provider.keys].sort()).toEqual([planted.anthropicKey, planted.openaiKey].sort());
    expect(existsSync(join(root, 'spies', 'records', 'crashed'))).toBe(true);
    expect(jira.site.violations.concat(github.violations)).toEqual([]);

    const history = await historyOf(address);
    expect(history.map(({ where }) => where).join()).toContain('activityTaskStarted');
    await service.stop();
    const traces: readonly Trace[] = [
      ...history,
      { where: 'what the commands printed', text: JSON.stringify([doctor, answer, approval, listed, status]) },
      { where: 'stdout of the run', text: run.stdout },
      { where: 'stderr of the run', text: run.stderr },
      { where: 'what the service logged', text: service.stdout + service.stderr },
      { where: 'Jira', text: JSON.stringify(issue) },
      { where: 'GitHub', text: JSON.stringify(github.site) },
      gitObjects(checkout),
      gitObjects(remote),
      ...filesBelow(home),
      ...filesBelow(join(root, 'service')),
      ...filesBelow(temporary),
      ...filesBelow(checkout, /\.git\/config$/),
      ...filesBelow(remote),
    ];
    // What is no secret is found wherever it should be: the search looks into all of it.
    const title = { title: 'function that returns the next number' };
    for (const where of [
      /ActivityTaskScheduled|activityTaskScheduled/,
      /temporal[.]db/,
      /stderr/,
      /in Jira$/m,
      /objects of .*remote/,
    ])
      expect(findPlanted(title, traces).join('\n')).toMatch(where);
    const installations = Object.fromEntries([...github.tokens.keys()].map((token) => [token.slice(0, 30), token]));
    expect(findPlanted({ ...planted, ...installations }, traces)).toEqual([]);

    // The environment and arguments of everything that was started.
    const seen = (name: string): readonly Trace[] =>
      spies.seen(name).map((text) => ({ where: `${name} ${text.slice(0, 200)}`, text }));
    expect(
      Object.fromEntries(['engine', 'command', 'mcp', 'git'].map((name) => [name, seen(name).length > 0])),
    ).toEqual({
      engine: true,
      command: true,
      mcp: true,
      git: true,
    });
    const { jiraToken: _theirs, ...others } = planted;
    const everything = { ...planted, ...installations };
    expect(findPlanted(everything, [...seen('engine'), ...seen('command')])).toEqual([]);
    expect(findPlanted({ ...others, ...installations }, seen('mcp'))).toEqual([]);
    // A git that talks to GitHub has the token that it needs for it, and goes by the proxy; no other git has anything.
    const { proxyPassword: _theWay, ...notOfGit } = planted;
    const talks = ({ text }: Trace) => /^.*\b(?:fetch|push|ls-remote|clone)\b/.test(text);
    expect(findPlanted(notOfGit, seen('git'))).toEqual([]);
    expect(
      findPlanted(
        installations,
        seen('git').filter((git) => !talks(git)),
      ),
    ).toEqual([]);
  },
  900_000,
);

/** All events of all workflows, with every payload as the text that it holds. */
async function historyOf(address: string): Promise<readonly Trace[]> {
  const connection = await Connection.connect({ address });
  try {
    const client = new Client({ connection });
    const traces: Trace[] = [];
    for await (const { workflowId, runId } of client.workflow.list()) {
      const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
      for (const event of events ?? []) {
        const kind = Object.keys(event).find((name) => name.endsWith('EventAttributes')) ?? '';
        traces.push({
          where: `${kind} ${String(event.eventId)} of ${workflowId}`,
          text: [...textsIn(event)].join('\n'),
        });
      }
    }
    return traces;
  } finally {
    await connection.close();
  }
}

function* textsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (value instanceof Uint8Array) yield Buffer.from(value).toString('latin1');
  else if (typeof value === 'object' && value !== null) for (const each of Object.values(value)) yield* textsIn(each);
}

async function answers(address: string): Promise<boolean> {
  try {
    await (await Connection.connect({ address, connectTimeout: 1_000 })).close();
    return true;
  } catch {
    return false;
  }
}
