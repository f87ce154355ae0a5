/** What an MCP server can do wrong in its protocol and its tools, in memory: on the stand-in of Rovo's tools. */
import { InMemoryTransport } from '@modelcontextprotocol/client';
import type { Transport } from '@modelcontextprotocol/client';
import { describe, expect, it } from 'vitest';
import { jiraConfigSchema } from '../../src/issue-tracker/jira/jira-config.js';
import { JiraClient } from '../../src/issue-tracker/jira/jira-client.js';
import { JiraTracker } from '../../src/issue-tracker/jira/jira-tracker.js';
import { McpSession } from '../../src/issue-tracker/jira/mcp-session.js';
import { rovoDialect } from '../../src/issue-tracker/jira/rovo-dialect.js';
import { JiraSite } from './jira-site.js';
import { CLOUD_ID, ROVO_TOOLS, rovoMcpServer } from './rovo-server.js';
import type { RovoTool } from './rovo-server.js';

type Message = Parameters<Transport['send']>[0];

interface Wire {
  readonly tools?: readonly RovoTool[];
  /** Passes an answer of the server on, as often and as it likes. */
  readonly answer?: (message: Message, send: (message: Message) => Promise<void>) => Promise<void>;
}

/** A tracker on a site whose server and wire are as given, from one connection to the next. */
function trackerOn(site: JiraSite, wires: readonly Wire[] = [{}]): JiraTracker {
  let connections = 0;
  const session = new McpSession({
    server: 'the stand-in',
    open: () => {
      const wire = wires[Math.min(connections, wires.length - 1)] ?? {};
      connections += 1;
      const [ours, theirs] = InMemoryTransport.createLinkedPair();
      const send = theirs.send.bind(theirs);
      if (wire.answer !== undefined) {
        const { answer } = wire;
        theirs.send = async (message, options) =>
          await answer(message, async (each) => {
            await send(each, options);
          });
      }
      void rovoMcpServer(() => site, wire.tools).connect(theirs);
      return { transport: ours, lastWords: () => '' };
    },
    clean: (text) => text,
    requestTimeoutMs: 500,
    idleMs: 60_000,
  });
  const server = { transport: 'http', url: 'http://127.0.0.1/', cloudId: CLOUD_ID };
  const config = jiraConfigSchema.parse({ project: 'DEMO', server });
  return new JiraTracker(new JiraClient(session, rovoDialect({ cloudId: CLOUD_ID })), config);
}

function siteWithStory(): JiraSite {
  const site = new JiraSite();
  site.create({ summary: 'a story', description: 'text' });
  return site;
}

/** Whether a message is the answer to a comment that was written. */
function isCommentAnswer(message: Message): boolean {
  return JSON.stringify(message).includes('vishkar ref') && 'result' in message;
}

function changed(name: string, change: (tool: RovoTool) => RovoTool): readonly RovoTool[] {
  return ROVO_TOOLS.map((tool) => (tool.name === name ? change(tool) : tool));
}

describe('JiraTracker on a server', () => {
  it('takes an answer that comes twice for one', async () => {
    const site = siteWithStory();
    const tracker = trackerOn(site, [
      {
        answer: async (message, send) => {
          await send(message);
          await send(message);
        },
      },
    ]);
    expect((await tracker.comment('DEMO-1', 'Claimed.', 'claim')).adopted).toBe(false);
    expect((await tracker.comment('DEMO-1', 'Claimed.', 'claim')).adopted).toBe(true);
    expect(site.require('DEMO-1').comments).toHaveLength(1);
    await tracker.close();
  });

  it('has one comment after an answer that never came, over a new connection', async () => {
    const site = siteWithStory();
    const silent: Wire = {
      answer: async (message, send) => {
        if (!isCommentAnswer(message)) await send(message);
      },
    };
    const tracker = trackerOn(site, [silent, {}]);
    await expect(tracker.comment('DEMO-1', 'Claimed.', 'claim')).rejects.toMatchObject({
      code: 'TRACKER_TIMEOUT',
      retryable: true,
    });
    expect((await tracker.comment('DEMO-1', 'Claimed.', 'claim')).adopted).toBe(true);
    expect(site.require('DEMO-1').comments).toHaveLength(1);
    await tracker.close();
  });

  it.each([
    ['no JSON', { content: [{ type: 'text', text: '<html>' }] }, 'TRACKER_ANSWER_UNREADABLE', true],
    ['nothing', { content: [] }, 'TRACKER_ANSWER_UNREADABLE', true],
    ['other JSON', { content: [{ type: 'text', text: '{"key": 5}' }] }, 'TRACKER_ANSWER_UNREADABLE', true],
    [
      'an error that is not marked as one',
      {
        content: [{ type: 'text', text: '{"error": "Issue does not exist or you do not have permission to see it."}' }],
      },
      'STORY_NOT_FOUND',
      false,
    ],
    [
      'a marked error',
      { isError: true, content: [{ type: 'text', text: '429 Too Many Requests' }] },
      'TRACKER_RATE_LIMITED',
      true,
    ],
  ])('says what is wrong with an answer of %s', async (_, result, code, retryable) => {
    const answer: Wire['answer'] = async (message, send) => {
      const isIssue = JSON.stringify(message).includes('DEMO-1') && 'result' in message;
      await send(isIssue ? ({ ...message, result } as Message) : message);
    };
    const tracker = trackerOn(siteWithStory(), [{ answer }]);
    await expect(tracker.get('DEMO-1')).rejects.toMatchObject({ code, retryable });
    await tracker.close();
  });

  it('names a missing tool before anything is done', async () => {
    const site = siteWithStory();
    const tracker = trackerOn(site, [{ tools: ROVO_TOOLS.filter(({ name }) => name !== 'addWorklogToJiraIssue') }]);
    await expect(tracker.comment('DEMO-1', 'Claimed.', 'claim')).rejects.toMatchObject({
      code: 'TRACKER_TOOL_MISSING',
      message: expect.stringContaining('addWorklogToJiraIssue'),
    });
    expect(site.require('DEMO-1').comments).toEqual([]);
    await tracker.close();
  });

  it('does without a tool that it can do without, until it is needed', async () => {
    const tracker = trackerOn(siteWithStory(), [
      { tools: ROVO_TOOLS.filter(({ name }) => name !== 'createIssueLink') },
    ]);
    expect((await tracker.get('DEMO-1')).title).toBe('a story');
    await expect(tracker.link('DEMO-1', 'DEMO-2')).rejects.toMatchObject({ code: 'TRACKER_TOOL_MISSING' });
    await tracker.close();
  });

  it('names arguments that a tool no longer takes, or demands now', async () => {
    const renamed = changed('getTransitionsForJiraIssue', (tool) => ({
      ...tool,
      properties: { cloudId: { type: 'string' }, key: { type: 'string' } },
      required: ['cloudId', 'key'],
    }));
    await expect(trackerOn(siteWithStory(), [{ tools: renamed }]).list()).rejects.toMatchObject({
      code: 'TRACKER_TOOL_CHANGED',
      retryable: false,
      message: expect.stringMatching(/getTransitionsForJiraIssue no longer takes issueIdOrKey; .* now demands key/),
    });
  });

  it('follows arguments that are known to be named in two ways', async () => {
    const drifted = changed('createJiraIssue', (tool) => {
      const { additional_fields: more = {}, ...others } = tool.properties;
      return {
        ...tool,
        properties: { ...others, fields: more },
        run: (site, { fields, ...args }) => tool.run(site, { ...args, additional_fields: fields }),
      };
    });
    const site = new JiraSite();
    const story = { title: 'x', description: '', acceptanceCriteria: [], priority: 'lowest' } as const;
    expect(await trackerOn(site, [{ tools: drifted }]).create(story, 'm')).toMatchObject({ priority: 'lowest' });
  });

  it('does not go round in circles where a server gives the same page again', async () => {
    const endless = changed('searchJiraIssuesUsingJql', (tool) => ({
      ...tool,
      run: (site, args) => ({ ...(tool.run(site, args) as object), nextPageToken: 'again' }),
    }));
    const tracker = trackerOn(siteWithStory(), [{ tools: endless }]);
    expect(await tracker.list().catch((error: unknown) => error)).toHaveLength(1);
  });
});
