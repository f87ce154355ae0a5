/** The real mcp-atlassian program, where this machine has it, and how tests run it against the stand-in. */
import { devNull } from 'node:os';
import { findProgram, freePort, need, startChild, waitUntil } from '@vishkar/testkit';
import type { Need, StartedChild } from '@vishkar/testkit';
import { jiraConfigSchema } from '../../src/issue-tracker/jira/jira-config.js';
import type { JiraConfig } from '../../src/issue-tracker/jira/jira-config.js';
import { childEnvironment } from '../../src/processes/environment.js';
import { TOKEN, USER } from './jira-rest-server.js';
import type { JiraRestServer } from './jira-rest-server.js';

/** Full path of the program; the variable MCP_ATLASSIAN wins over PATH. */
export const mcpAtlassian: Need<string> = need('mcp-atlassian (pip install mcp-atlassian==0.23.1)', () =>
  findProgram('mcp-atlassian', ...[process.env['MCP_ATLASSIAN']].filter((path) => path !== undefined)),
);

/** The variable that holds the token, for configurations of this file. */
export const TEST_ENVIRONMENT = { PATH: process.env['PATH'], HOME: process.env['HOME'], TEST_JIRA_TOKEN: TOKEN };

/** One program for many connections: it takes a second to start. */
export async function serveOverHttp(
  program: string,
  jira: JiraRestServer,
): Promise<{ url: string; child: StartedChild }> {
  const port = String(await freePort());
  const child = startChild(
    program,
    ['--transport', 'streamable-http', '--host', '127.0.0.1', '--port', port, '--env-file', devNull],
    {
      env: childEnvironment({
        set: { ...jira.settings, JIRA_API_TOKEN: TOKEN, DISABLE_JIRA_MARKUP_TRANSLATION: 'true' },
      }),
    },
  );
  const url = `http://127.0.0.1:${port}/mcp`;
  await waitUntil(async () => (await fetch(url, { method: 'GET' })).status < 500, { what: `mcp-atlassian at ${url}` });
  return { url, child };
}

export function httpConfig(url: string, jira: JiraRestServer): JiraConfig {
  return jiraConfigSchema.parse({
    project: 'DEMO',
    markup: 'wiki',
    server: {
      transport: 'http',
      dialect: 'mcp-atlassian',
      url,
      deployment: jira.deployment,
      // Over HTTP it takes each caller's own credentials.
      auth: { kind: 'basic', user: USER, tokenEnv: 'TEST_JIRA_TOKEN' },
    },
  });
}

export function stdioConfig(program: string, jira: JiraRestServer, more: object = {}): JiraConfig {
  return jiraConfigSchema.parse({
    project: 'DEMO',
    server: {
      transport: 'stdio',
      command: program,
      environment: jira.settings,
      secretsEnv: { JIRA_API_TOKEN: 'TEST_JIRA_TOKEN' },
    },
    ...more,
  });
}
