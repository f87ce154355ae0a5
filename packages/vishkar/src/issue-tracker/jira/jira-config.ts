/**
 * How a project says where its Jira is: which MCP server speaks to it, which project, and what its workflow calls the states
 * of a story. A token never stands here; fields that end in `Env` name the variables that hold one.
 */
import { z } from 'zod';
import { STORY_PRIORITIES, STORY_STATUSES } from '../../domain/story.js';
import { DEFAULT_STATUS_NAMES } from './status-names.js';

const variable = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'this is the name of an environment variable, not its value');

const stdioServerSchema = z.strictObject({
  transport: z.literal('stdio'),
  dialect: z.enum(['mcp-atlassian', 'rovo']).default('mcp-atlassian'),
  /** Program on PATH, or its full path. */
  command: z.string().min(1).default('mcp-atlassian'),
  /** Default for mcp-atlassian: no `.env` file is read, since it would override what stands here. */
  args: z.array(z.string()).optional(),
  /** Settings of the server that are no secrets, such as JIRA_URL and JIRA_USERNAME. */
  environment: z.record(variable, z.string()).default({}),
  /** The server's variable for a secret -> the variable of ours that holds it. */
  secretsEnv: z.record(variable, variable).default({}),
  cloudId: z.string().min(1).optional(),
});

const authSchema = z.discriminatedUnion('kind', [
  /** An account's API token. */
  z.strictObject({ kind: z.literal('basic'), user: z.string().min(1), tokenEnv: variable }),
  /** A service account's key, or any bearer token. */
  z.strictObject({ kind: z.literal('bearer'), tokenEnv: variable }),
  /** OAuth 2.0 client credentials: no browser, no person. */
  z.strictObject({
    kind: z.literal('oauth'),
    clientId: z.string().min(1),
    clientSecretEnv: variable,
    scope: z.string().optional(),
    /** The authorization server that may get the secret. */
    issuer: z.url(),
  }),
  /** OAuth 2.1 of a person, who signs in in a browser once: `vishkar tracker login`. */
  z.strictObject({
    kind: z.literal('browser'),
    /** A client that was registered by hand. Default: we register one. */
    clientId: z.string().min(1).optional(),
    clientSecretEnv: variable.optional(),
    scope: z.string().min(1).optional(),
    /** Port of this machine that the browser comes back to. Default 0: any free one. */
    redirectPort: z.number().int().min(0).max(65_535).default(0),
  }),
  z.strictObject({ kind: z.literal('none') }),
]);

const httpServerSchema = z.strictObject({
  transport: z.literal('http'),
  dialect: z.enum(['mcp-atlassian', 'rovo']).default('rovo'),
  url: z.url().refine(isSafe, 'a token must not travel in the clear: use https (http only on this machine)'),
  auth: authSchema.default({ kind: 'none' }),
  /** Which Jira an mcp-atlassian that somebody else runs speaks to. */
  deployment: z.enum(['cloud', 'data-center']).default('cloud'),
  cloudId: z.string().min(1).optional(),
});

export const jiraConfigSchema = z
  .strictObject({
    /** Key of the Jira project. */
    project: z.string().regex(/^[A-Za-z][A-Za-z0-9_]+$/, 'a Jira project key looks like DEMO'),
    server: z.discriminatedUnion('transport', [stdioServerSchema, httpServerSchema]),
    /** Which issues are stories. Default: those of the project that are not done, the most important first. */
    jql: z.string().min(1).optional(),
    issueType: z.string().min(1).default('Story'),
    /** What the workflow calls each state; a state that it does not have is `[]`. */
    statuses: z.partialRecord(z.enum(STORY_STATUSES), z.array(z.string().min(1))).default({}),
    /** Fields that a transition's screen demands, by the state it leads to. */
    transitionFields: z.partialRecord(z.enum(STORY_STATUSES), z.record(z.string(), z.unknown())).default({}),
    /** What the project calls each priority. */
    priorities: z.partialRecord(z.enum(STORY_PRIORITIES), z.string().min(1)).default({}),
    /** Id of a field with the acceptance criteria (`customfield_10010`), where they do not stand in the description. */
    criteriaField: z
      .string()
      .regex(/^customfield_[0-9]+$/)
      .optional(),
    /** Type of the links that say what a story waits for. */
    blockingLink: z.string().min(1).default('Blocks'),
    /** Names of accounts of programs, as Jira shows them: their comments are no answers of people. */
    botNames: z.array(z.string().min(1)).default([]),
    /** `wiki`: the server passes Jira's wiki markup through. Default: what Vishkar sets where it starts the server itself. */
    markup: z.enum(['wiki', 'markdown']).optional(),
    requestTimeoutMs: z.number().int().positive().default(60_000),
  })
  .refine(({ server }) => server.dialect !== 'rovo' || server.cloudId !== undefined, {
    path: ['server', 'cloudId'],
    message: 'the server of Atlassian wants to know the site: "https://<name>.atlassian.net", or its id',
  });

export type JiraConfig = z.infer<typeof jiraConfigSchema>;

/** The configured names in place of the usual ones. */
export function statusNamesOf(config: Pick<JiraConfig, 'statuses'>): typeof DEFAULT_STATUS_NAMES {
  return { ...DEFAULT_STATUS_NAMES, ...config.statuses };
}

function isSafe(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || (protocol === 'http:' && /^(?:localhost|127\.[0-9.]+|\[::1\])$/.test(hostname));
}
