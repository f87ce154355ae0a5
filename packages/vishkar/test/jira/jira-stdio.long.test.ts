/** The server that Vishkar starts itself: what it gets of our environment, how it fails, and that it comes and goes as needed. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeNeeds, isProcessAlive, temporaryFolder, waitUntil } from '@vishkar/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { jiraConfigSchema } from '../../src/issue-tracker/jira/jira-config.js';
import { JiraTracker } from '../../src/issue-tracker/jira/jira-tracker.js';
import { openJira } from '../../src/issue-tracker/jira/open-jira.js';
import { JiraRestServer } from './jira-rest-server.js';
import { readText } from './site-by-hand.js';
import { mcpAtlassian, stdioConfig, TEST_ENVIRONMENT } from './mcp-atlassian.js';

const STORY = { title: 'a story', description: 'text', acceptanceCriteria: ['it works'], priority: 'high' } as const;

describe('a server that Vishkar starts', () => {
  /** A program that writes down its environment, complains with its token, and ends. */
  function complainer() {
    const folder = temporaryFolder('complainer');
    const script = join(folder, 'complainer.mjs');
    const report = join(folder, 'environment.json');
    writeFileSync(
      script,
      `import { writeFileSync } from 'node:fs';
       writeFileSync(${JSON.stringify(report)}, JSON.stringify({ environment: process.env, folder: process.cwd() }));
       console.error('can not log in with ' + process.env.JIRA_API_TOKEN);
       process.exit(3);`,
    );
    const config = jiraConfigSchema.parse({
      project: 'DEMO',
      server: {
        transport: 'stdio',
        command: process.execPath,
        args: [script],
        environment: { JIRA_URL: 'http://127.0.0.1:1' },
        secretsEnv: { JIRA_API_TOKEN: 'OUR_TOKEN' },
      },
    });
    const environment = { ...TEST_ENVIRONMENT, OUR_TOKEN: 'secret-8d2f', AWS_SECRET_ACCESS_KEY: 'not for it' };
    return { tracker: new JiraTracker(openJira(config, environment), config), report };
  }

  it('gets its own settings and an allow-list of the environment, and no folder of the project', async () => {
    const { tracker, report } = complainer();
    await expect(tracker.list()).rejects.toThrow();
    const seen = JSON.parse(readFileSync(report, 'utf8')) as { environment: Record<string, string>; folder: string };
    expect(seen.environment).toMatchObject({ JIRA_URL: 'http://127.0.0.1:1', JIRA_API_TOKEN: 'secret-8d2f' });
    expect(Object.keys(seen.environment)).not.toContain('AWS_SECRET_ACCESS_KEY');
    expect(Object.keys(seen.environment)).not.toContain('OUR_TOKEN');
    expect(Object.values(seen.environment)).not.toContain('not for it');
    expect(process.cwd().startsWith(seen.folder)).toBe(true);
    expect(seen.folder).not.toBe(process.cwd());
  });

  it('is heard when it can not start, without its token', async () => {
    const error = await complainer()
      .tracker.list()
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'TRACKER_UNREACHABLE', retryable: true });
    expect((error as Error).message).toContain('can not log in with ***');
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('secret-8d2f');
  });

  it('is named when it is not installed', async () => {
    const config = jiraConfigSchema.parse({
      project: 'DEMO',
      server: { transport: 'stdio', command: 'no-such-mcp-server' },
    });
    await expect(new JiraTracker(openJira(config, TEST_ENVIRONMENT), config).list()).rejects.toMatchObject({
      code: 'TRACKER_NOT_INSTALLED',
      retryable: false,
      message: expect.stringContaining('no-such-mcp-server'),
    });
  });
});

describeNeeds({ program: mcpAtlassian }, 'mcp-atlassian, started by Vishkar', ({ program }) => {
  let jira: JiraRestServer;
  const opened: JiraTracker[] = [];

  function connect(more: object = {}, settings: Readonly<Record<string, string>> = {}): JiraTracker {
    const config = stdioConfig(program, jira, more);
    const { server } = config;
    const changed =
      server.transport === 'stdio' ? { ...server, environment: { ...server.environment, ...settings } } : server;
    const tracker = new JiraTracker(openJira({ ...config, server: changed }, TEST_ENVIRONMENT), config);
    opened.push(tracker);
    return tracker;
  }

  beforeAll(async () => {
    jira = await JiraRestServer.start('data-center');
  });
  beforeEach(() => {
    jira.reset();
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map(async (tracker) => await tracker.close()));
    expect(jira.site.violations).toEqual([]);
  });
  afterAll(async () => {
    await jira.close();
  });

  it('works on a story, and starts again when it is needed again', async () => {
    const tracker = connect();
    const { key } = await tracker.create(STORY, 'filed');
    await tracker.transition(key, 'in_progress', 'claim');
    await tracker.close();
    expect((await tracker.comment(key, 'Claimed.', 'claim')).adopted).toBe(false);
    expect((await tracker.get(key)).status).toBe('in_progress');
    expect(jira.site.require(key).comments).toHaveLength(1);
  });

  it('leaves one comment when the answer comes too late, twice asked', async () => {
    const { key } = jira.site.create({ summary: 'a story' });
    const tracker = connect({ requestTimeoutMs: 10_000 }, { JIRA_TIMEOUT: '1' });
    jira.faults = [{ method: 'POST', path: /\/comment$/, work: 'done', answer: 'silence' }];
    await expect(tracker.comment(key, 'Claimed.', 'claim')).rejects.toMatchObject({ retryable: true });
    expect((await tracker.comment(key, 'Claimed.', 'claim')).adopted).toBe(true);
    expect(jira.site.require(key).comments).toHaveLength(1);
  });

  it('is ended with its session when it hangs, and another one goes on', async () => {
    const { key } = jira.site.create({ summary: 'a story' });
    const tracker = connect({ requestTimeoutMs: 6_000 }, { JIRA_TIMEOUT: '600' });
    jira.faults = [{ method: 'POST', path: /\/comment$/, work: 'done', answer: 'silence' }];
    await expect(tracker.comment(key, 'Claimed.', 'claim')).rejects.toMatchObject({ code: 'TRACKER_TIMEOUT' });
    expect((await tracker.comment(key, 'Claimed.', 'claim')).adopted).toBe(true);
    expect(jira.site.require(key).comments).toHaveLength(1);
  });

  it('is let go when nothing is asked of it', async () => {
    jira.site.create({ summary: 'a story' });
    const folder = temporaryFolder('wrapper');
    const pidFile = join(folder, 'pid');
    const wrapper = join(folder, 'mcp-atlassian');
    writeFileSync(wrapper, `#!/bin/sh\necho $$ > '${pidFile}'\nexec '${program}' "$@"\n`, { mode: 0o755 });
    const config = stdioConfig(wrapper, jira);
    await new JiraTracker(openJira(config, TEST_ENVIRONMENT), config).list();
    const pid = Number(readFileSync(pidFile, 'utf8'));
    await waitUntil(() => !isProcessAlive(pid), { what: 'mcp-atlassian to end' });
  });

  it('names the tools that a read-only server lacks', async () => {
    await expect(connect({}, { READ_ONLY_MODE: 'true' }).list()).rejects.toMatchObject({
      code: 'TRACKER_TOOL_MISSING',
      retryable: false,
      message: expect.stringContaining('jira_transition_issue'),
    });
  });

  it('says that the server lacks its settings when it has no tools', async () => {
    await expect(connect({}, { JIRA_URL: '' }).list()).rejects.toMatchObject({
      code: 'TRACKER_TOOL_MISSING',
      hint: expect.stringContaining('JIRA_URL'),
    });
  });

  it('says that Jira is down, and tries again', async () => {
    const away = 'http://127.0.0.1:1';
    await expect(connect({}, { JIRA_URL: away }).get('DEMO-1')).rejects.toMatchObject({
      code: 'TRACKER_UNREACHABLE',
      retryable: true,
    });
  });

  it('names the way that the workflow lacks, and stays where a usual state is missing', async () => {
    const { key } = jira.site.create({ summary: 'a story', status: 'In Progress' });
    jira.site.statuses = jira.site.statuses.filter(({ name }) => !['In Review', 'Blocked', 'Cancelled'].includes(name));
    const tracker = connect();
    expect(await tracker.transition(key, 'in_review', 'm')).toMatchObject({ adopted: true });
    await expect(tracker.transition(key, 'cancelled', 'm')).rejects.toMatchObject({
      code: 'TRACKER_TRANSITION_MISSING',
      retryable: false,
      message: expect.stringContaining('In Progress'),
    });
    expect(jira.site.require(key).status).toBe('In Progress');
  });

  it('keeps the words of a story that look like markup', async () => {
    const description =
      'Map<String, int> of my_var_name, a*b*c and {x: 1}, see [docs](https://example.com/a_b).\n\n```ts\nconst a = b[0];\n```';
    const { key } = await connect().create({ ...STORY, description }, 'filed');
    expect((await connect().get(key)).description).toBe(description);
  });

  it('signs in to Data Center with a personal access token', async () => {
    jira.site.create({ summary: 'a story' });
    const server = {
      transport: 'stdio',
      command: program,
      environment: { JIRA_URL: jira.address },
      secretsEnv: { JIRA_PERSONAL_TOKEN: 'TEST_JIRA_TOKEN' },
    };
    const { accepted } = jira;
    jira.accepted = accepted.filter((header) => header.startsWith('Bearer '));
    expect(await connect({ server }).list()).toHaveLength(1);
    jira.accepted = accepted;
  });

  it('writes documents to Cloud, which it knows by its address', async () => {
    const cloud = await JiraRestServer.start('cloud');
    const { key } = cloud.site.create({ summary: 'a story' });
    const config = stdioConfig(program, cloud);
    const tracker = new JiraTracker(openJira(config, TEST_ENVIRONMENT), config);
    await tracker.comment(key, 'Claimed **now**.', 'claim');
    await tracker.close();
    expect(cloud.site.violations).toEqual([]);
    expect(readText(cloud.site.require(key).comments[0]?.body, 'adf')).toMatch(
      /^Claimed \*\*now\*\*\.\n\nvishkar ref /,
    );
    await cloud.close();
  });
});
