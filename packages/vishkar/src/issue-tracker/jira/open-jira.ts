/**
 * From a project's configuration to a Jira that can be asked: reads the tokens, chooses the transport and the dialect.
 * The server that we start gets an allow-list of our environment and its own settings, and works in a folder in which
 * nobody leaves settings for it.
 */
import { devNull } from 'node:os';
import { parse } from 'node:path';
import { ClientCredentialsProvider, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { childEnvironment } from '../../processes/environment.js';
import { BrowserProvider } from './browser-provider.js';
import type { JiraDialect } from './dialect.js';
import { JiraClient } from './jira-client.js';
import type { JiraConfig } from './jira-config.js';
import { mcpAtlassianDialect } from './mcp-atlassian-dialect.js';
import { McpSession } from './mcp-session.js';
import type { OpenedTransport } from './mcp-session.js';
import { rovoDialect } from './rovo-dialect.js';
import { TrackerSecrets } from './secrets.js';
import { SignInFile } from './sign-in-file.js';

/** How long a connection stays open for a next call; what a command waits for at its end. */
const IDLE_MS = 2_000;
const LAST_WORDS_LIMIT = 2_000;

type StdioServer = Extract<JiraConfig['server'], { transport: 'stdio' }>;
type HttpServer = Extract<JiraConfig['server'], { transport: 'http' }>;

/** Nothing is started or read before the first call. `signInPath`: file of a person's sign-in, for `auth` of the kind `browser`. */
export function openJira(
  config: JiraConfig,
  environment: NodeJS.ProcessEnv = process.env,
  signInPath = devNull,
): JiraClient {
  const { server } = config;
  const secrets = new TrackerSecrets(environment);
  const session = new McpSession({
    server: server.transport === 'stdio' ? server.command : server.url,
    open: () =>
      server.transport === 'stdio'
        ? startServer(server, config, secrets, environment)
        : reachServer(server, secrets, signInPath),
    clean: (text) => secrets.clean(text),
    requestTimeoutMs: config.requestTimeoutMs,
    idleMs: IDLE_MS,
  });
  return new JiraClient(session, dialectOf(config));
}

function dialectOf(config: JiraConfig): JiraDialect {
  const { server, criteriaField } = config;
  if (server.dialect === 'rovo') return rovoDialect({ cloudId: server.cloudId ?? '', criteriaField });
  const isCloud =
    server.transport === 'stdio' ? isCloudUrl(server.environment['JIRA_URL']) : server.deployment === 'cloud';
  return mcpAtlassianDialect({ markup: markupOf(config), isCloud, criteriaField });
}

/** A server that somebody else runs translates, unless the configuration says that it does not. */
function markupOf({ markup, server }: JiraConfig): 'wiki' | 'markdown' {
  return markup ?? (server.transport === 'stdio' ? 'wiki' : 'markdown');
}

/** By the same rule as mcp-atlassian, which takes its API by it. */
function isCloudUrl(url: string | undefined): boolean {
  if (url === undefined || !URL.canParse(url)) return false;
  return /(?:^|\.)(?:atlassian\.net|jira\.com|jira-dev\.com|atlassian\.com)$|\.atlassian-us-gov(?:-mod)?\.net$/.test(
    new URL(url).hostname,
  );
}

function startServer(
  server: StdioServer,
  config: JiraConfig,
  secrets: TrackerSecrets,
  environment: NodeJS.ProcessEnv,
): OpenedTransport {
  const isMcpAtlassian = server.dialect === 'mcp-atlassian';
  const given = Object.entries(server.secretsEnv).map(([name, holder]) => [name, secrets.read(holder)] as const);
  const transport = new StdioClientTransport({
    command: server.command,
    args: server.args ?? (isMcpAtlassian ? ['--env-file', devNull] : []),
    env: childEnvironment({
      from: environment,
      set: {
        ...(isMcpAtlassian ? mcpAtlassianSettings(config) : {}),
        ...server.environment,
        ...Object.fromEntries(given),
      },
    }),
    stderr: 'pipe',
    cwd: parse(process.cwd()).root,
  });
  let words = '';
  transport.stderr?.on('data', (chunk: Buffer) => {
    words = (words + chunk.toString('utf8')).slice(-LAST_WORDS_LIMIT);
  });
  return { transport, lastWords: () => words };
}

/** It gives up on Jira before we give up on it: a call that waits for Jira blocks all others. */
function mcpAtlassianSettings(config: JiraConfig): Record<string, string> {
  const timeout = { JIRA_TIMEOUT: String(Math.max(1, Math.floor((config.requestTimeoutMs * 0.75) / 1_000))) };
  return markupOf(config) === 'wiki' ? { ...timeout, DISABLE_JIRA_MARKUP_TRANSLATION: 'true' } : timeout;
}

function reachServer(server: HttpServer, secrets: TrackerSecrets, signInPath: string): OpenedTransport {
  const { auth } = server;
  const url = new URL(server.url);
  if (auth.kind === 'oauth') {
    const provider = new ClientCredentialsProvider({
      clientId: auth.clientId,
      clientSecret: secrets.read(auth.clientSecretEnv),
      clientName: 'vishkar',
      expectedIssuer: auth.issuer,
      ...(auth.scope === undefined ? {} : { scope: auth.scope }),
    });
    return { transport: new StreamableHTTPClientTransport(url, { authProvider: provider }), lastWords: () => '' };
  }
  if (auth.kind === 'browser') {
    const file = new SignInFile(signInPath);
    const authProvider = new BrowserProvider({ auth, server: server.url, file, secrets });
    return { transport: new StreamableHTTPClientTransport(url, { authProvider }), lastWords: () => '' };
  }
  const authorization = authorizationOf(auth, secrets);
  const headers = authorization === undefined ? {} : { Authorization: authorization };
  return { transport: new StreamableHTTPClientTransport(url, { requestInit: { headers } }), lastWords: () => '' };
}

function authorizationOf(
  auth: Exclude<HttpServer['auth'], { kind: 'oauth' | 'browser' }>,
  secrets: TrackerSecrets,
): string | undefined {
  switch (auth.kind) {
    case 'none':
      return undefined;
    case 'bearer':
      return `Bearer ${secrets.read(auth.tokenEnv)}`;
    case 'basic': {
      const encoded = Buffer.from(`${auth.user}:${secrets.read(auth.tokenEnv)}`).toString('base64');
      secrets.keep(encoded);
      return `Basic ${encoded}`;
    }
  }
}
