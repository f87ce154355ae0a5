/**
 * Errors that quote what they must not: servers, providers and programs that answer with the secret that they were given, or with their whole
 * environment. Each is driven through the adapter that a project gets; what is told afterwards (message, hint, stack, causes) holds no secret.
 */
import { chmodSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { temporaryFolder } from '@vishkar/testkit';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { hideIn, hideInError } from '../../src/activities/hidden-secrets.js';
import { storyRemote } from '../../src/activities/story-tools.js';
import { createOutput } from '../../src/cli/output.js';
import { localRemote } from '../../src/composition/local-remote.js';
import { openProject } from '../../src/config/project.js';
import { fetchBranch } from '../../src/git/remote.js';
import { mcpAtlassianDialect } from '../../src/issue-tracker/jira/mcp-atlassian-dialect.js';
import { secretMask, variablesNamedIn } from '../../src/processes/environment-secrets.js';
import { runGit } from '../support/git-repository.js';
import { testProject } from '../support/story-tools.js';
import { findPlanted } from './secret-search.js';

const SECRET = 'planted/secret+value=4f1c9a7e';
const PROXY = 'http://me:planted-proxy-pass@127.0.0.1:1';
const PLANTED = { secret: SECRET, proxy: 'planted-proxy-pass' };

afterEach(() => {
  vi.unstubAllEnvs();
});

/** All that an error tells, with its causes. */
function told(error: unknown): string {
  if (!(error instanceof Error)) return JSON.stringify(error);
  const { message, stack = '', cause } = error;
  const { hint, details } = error as { hint?: unknown; details?: unknown };
  return [message, stack, JSON.stringify([hint, details]), cause === undefined ? '' : told(cause)].join('\n');
}

async function failure(work: Promise<unknown>): Promise<string> {
  return await work.then(
    (value) => {
      throw new Error(`it did not fail, but said ${JSON.stringify(value)}`);
    },
    (error: unknown) => told(error),
  );
}

function expectClean(text: string): void {
  expect(findPlanted(PLANTED, [{ where: text, text }])).toEqual([]);
}

/** A server that refuses everything, and quotes the request's headers as they came and decoded. */
async function quotingServer(status: number): Promise<string> {
  const server = createServer((request, response) => {
    request.resume();
    const { authorization = '' } = request.headers;
    const decoded = Buffer.from(authorization.replace(/^basic /i, ''), 'base64').toString();
    const message = `refused: ${authorization} (${decoded})`;
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ message, error: message }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}

/** All that the dialect asks for, as `tools/list` describes it. */
function offeredTools(): readonly object[] {
  const { operations } = mcpAtlassianDialect({ markup: 'wiki', isCloud: false, criteriaField: undefined });
  const candidates = Object.values(operations).flatMap((operation) => operation.candidates as readonly ToolUse[]);
  return [...new Set(candidates.map(({ tool }) => tool))].map((name) => {
    const uses = candidates.flatMap((each) => (each.tool === name ? each.uses : []));
    return { name, inputSchema: { type: 'object', properties: Object.fromEntries(uses.map((use) => [use, {}])) } };
  });
}

interface ToolUse {
  readonly tool: string;
  readonly uses: readonly string[];
}

/** An MCP server that answers each tool with its environment, or ends with it on stderr. */
function echoingServer(folder: string, ends: boolean): string {
  const path = join(folder, 'echoing-server.mjs');
  writeFileSync(
    path,
    `#!${process.execPath}
import { createInterface } from 'node:readline';
const secret = process.env.JIRA_API_TOKEN + ' ' + Buffer.from('bot:' + process.env.JIRA_API_TOKEN).toString('base64');
const text = secret + ' ' + process.env.HTTPS_PROXY + ' ' + JSON.stringify(process.env);
if (${String(ends)}) {
  console.error(text);
  process.exit(1);
}
const tools = ${JSON.stringify(offeredTools())};
createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) return;
  const result =
    method === 'initialize'
      ? { protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 'x', version: '1' } }
      : method === 'tools/list' ? { tools } : { isError: true, content: [{ type: 'text', text }] };
  console.log(JSON.stringify({ jsonrpc: '2.0', id, result }));
});
`,
  );
  chmodSync(path, 0o755);
  return path;
}

async function jiraTools(server: object) {
  vi.stubEnv('PLANTED', SECRET);
  vi.stubEnv('HTTPS_PROXY', PROXY);
  const { tools } = await testProject(undefined, { tracker: { kind: 'jira', jira: { project: 'DEMO', server } } });
  return tools;
}

describe('an error of the tracker', () => {
  it.each([
    ['answers with its environment', false],
    ['ends with its environment on stderr', true],
  ])('holds no secret when the MCP server %s', async (_what, ends) => {
    const tools = await jiraTools({
      transport: 'stdio',
      command: echoingServer(temporaryFolder('mcp'), ends),
      environment: { JIRA_URL: 'http://127.0.0.1:1' },
      secretsEnv: { JIRA_API_TOKEN: 'PLANTED', HTTPS_PROXY: 'HTTPS_PROXY' },
    });
    const text = await failure(tools.tracker.get('DEMO-1'));
    expect(text).toContain('***');
    expectClean(text);
  });

  it.each([
    ['basic', { kind: 'basic', user: 'bot@example.com', tokenEnv: 'PLANTED' }],
    ['bearer', { kind: 'bearer', tokenEnv: 'PLANTED' }],
  ])('holds no secret when the server refuses and quotes %s credentials', async (_kind, auth) => {
    const url = await quotingServer(401);
    const tools = await jiraTools({ transport: 'http', dialect: 'mcp-atlassian', url: `${url}/mcp`, auth });
    expectClean(await failure(tools.tracker.get('DEMO-1')));
  });
});

describe('an error of the source host', () => {
  it('holds no secret when GitHub refuses and quotes the token, to the API and to git', async () => {
    vi.stubEnv('PLANTED', SECRET);
    const baseUrl = `${await quotingServer(401)}/api/v3`;
    const { checkout, tools } = await testProject(undefined, {
      sourceHost: { kind: 'github', owner: 'acme', repo: 'thing', baseUrl, tokenEnv: 'PLANTED' },
    });
    const text = await failure(tools.sourceHost.getPullRequest(1));
    expect(text).toContain('***');
    expectClean(text);
    expectClean(await failure(fetchBranch({ repository: checkout, ...storyRemote(tools) }, 'main')));
  });

  it('holds no secret when git names the address of a remote with its password', async () => {
    const address = `http://me:${encodeURIComponent(SECRET)}@127.0.0.1:1/acme/thing.git`;
    const { checkout } = await testProject();
    runGit(checkout, 'remote', 'set-url', 'origin', address);
    expectClean(await failure(localRemote(await openProject(checkout))));
    for (const remote of ['origin', address])
      expectClean(await failure(fetchBranch({ repository: checkout, remote }, 'main')));
  });
});

describe('the borders', () => {
  it('let no secret of the configuration pass in a result, a heartbeat or an error with its causes', () => {
    const config = { server: { secretsEnv: { X: 'ODD_NAME' } }, apiKeyEnv: 'KEY_OF_MODEL', other: ['tokenEnv'] };
    expect(variablesNamedIn(config)).toEqual(['ODD_NAME', 'KEY_OF_MODEL']);
    const hide = secretMask({ ODD_NAME: SECRET, HTTPS_PROXY: PROXY, PATH: '/usr/bin' }, variablesNamedIn(config));
    const inner = new Error(`inner ${SECRET}`);
    const outer = new Error(`outer ${PROXY}`, { cause: inner });
    expectClean(told(hideInError(outer, hide)));
    expect(hideIn({ a: [`x ${SECRET}`, 1, null], b: { c: '/usr/bin' } }, hide)).toEqual({
      a: ['x ***', 1, null],
      b: { c: '/usr/bin' },
    });
  });

  it('let none pass in what the command line says of an error that nobody expected', () => {
    vi.stubEnv('SOME_API_KEY', SECRET);
    const written: string[] = [];
    const write = vi.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0);
    onTestFinished(() => write.mockRestore());
    createOutput(false).fail(new Error(`no luck with ${SECRET}`));
    expect(written.join('')).toContain('no luck with ***');
  });
});
