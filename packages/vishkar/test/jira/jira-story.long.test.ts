/** A whole story from Jira to the merge, by the built command, over the real mcp-atlassian. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { itNeeds } from '@vishkar/testkit';
import { afterAll, beforeAll, expect, vi } from 'vitest';
import { commandLine } from '../support/command-line.js';
import { adfParagraph } from './adf.js';
import { JiraRestServer, TOKEN } from './jira-rest-server.js';
import { mcpAtlassian } from './mcp-atlassian.js';
import { readText } from './site-by-hand.js';

let jira: JiraRestServer;

beforeAll(async () => {
  jira = await JiraRestServer.start('cloud');
  vi.stubEnv('TEST_JIRA_TOKEN', TOKEN);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await jira.close();
});

itNeeds(
  { program: mcpAtlassian },
  'the story of an issue of Jira is claimed, merged and closed there',
  async ({ program }) => {
    const { checkout, start, json } = commandLine();
    const path = join(checkout, 'vishkar.config.json');
    const server = {
      transport: 'stdio',
      command: program,
      environment: jira.settings,
      secretsEnv: { JIRA_API_TOKEN: 'TEST_JIRA_TOKEN' },
    };
    const config = JSON.parse(readFileSync(path, 'utf8')) as object;
    writeFileSync(path, JSON.stringify({ ...config, tracker: { kind: 'jira', jira: { project: 'DEMO', server } } }));
    const issue = jira.site.create({
      summary: 'Add a function that returns the next number',
      description: adfParagraph('next(1) is 2.'),
      priority: 'High',
    });
    expect(await json('doctor')).toMatchObject({ code: 0 });
    expect((await json('list')).value).toMatchObject({ ready: [{ key: 'DEMO-1', priority: 'high' }] });

    const run = start('run', '--json');
    await run.waitForOutput(/waits for approval/, 120_000);
    expect(issue.status).toBe('In Progress');
    expect(await json('approve', 'DEMO-1')).toMatchObject({ code: 0 });
    expect(await run.exited).toMatchObject({ code: 0 });
    expect(JSON.parse(run.stdout)).toMatchObject({ key: 'DEMO-1', outcome: 'merged' });

    expect([issue.status, issue.worklogs.length]).toEqual(['Done', 1]);
    const comments = issue.comments.map(({ body }) => readText(body, 'adf'));
    expect(comments).toHaveLength(2);
    for (const comment of comments) expect(comment).toMatch(/\n\nvishkar ref [0-9a-f]{16}$/);
    expect(jira.site.violations).toEqual([]);
    expect(run.stdout + run.stderr).not.toContain(TOKEN);
  },
  180_000,
);
