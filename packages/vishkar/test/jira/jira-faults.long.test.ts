/**
 * Networks and servers fail in the middle of a write: whatever Jira did or did not do before the answer was lost, one effect
 * is there after the retry. On the real mcp-atlassian, as Cloud and as Data Center.
 */
import { describeNeeds } from '@vishkar/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { JiraTracker } from '../../src/issue-tracker/jira/jira-tracker.js';
import { openJira } from '../../src/issue-tracker/jira/open-jira.js';
import { JiraRestServer } from './jira-rest-server.js';
import type { RestFault } from './jira-rest-server.js';
import { httpConfig, mcpAtlassian, serveOverHttp, TEST_ENVIRONMENT } from './mcp-atlassian.js';

const STORY = { title: 'a story', description: 'text', acceptanceCriteria: ['it works'], priority: 'high' } as const;
const WORK = { seconds: 3600, comment: 'time at work', startedAt: '2026-01-01T10:00:00.000Z' };

/** Each write, the request that does it, and how many effects there are. */
const WRITES: readonly {
  readonly name: string;
  readonly path: RegExp;
  readonly write: (tracker: JiraTracker) => Promise<unknown>;
  readonly effects: (jira: JiraRestServer) => number;
}[] = [
  {
    name: 'a comment',
    path: /\/comment$/,
    write: (tracker) => tracker.comment('DEMO-1', 'Claimed.', 'claim'),
    effects: (jira) => jira.site.require('DEMO-1').comments.length,
  },
  {
    name: 'a worklog',
    path: /\/worklog$/,
    write: (tracker) => tracker.worklog('DEMO-1', WORK, 'close'),
    effects: (jira) => jira.site.require('DEMO-1').worklogs.length,
  },
  {
    name: 'a new story',
    path: /\/issue$/,
    write: (tracker) => tracker.create(STORY, 'filed'),
    effects: (jira) => jira.site.issues.size - 1,
  },
  {
    name: 'a move',
    path: /\/transitions$/,
    write: (tracker) => tracker.transition('DEMO-1', 'in_progress', 'claim'),
    effects: (jira) => (jira.site.require('DEMO-1').status === 'In Progress' ? 1 : 0),
  },
];

/** What is answered instead, and the error that it becomes; a limit with a time is waited out by the server itself. */
const FAULTS: readonly (readonly [string, Pick<RestFault, 'work' | 'answer' | 'headers'>, string | undefined])[] = [
  ['an error comes after the work', { work: 'done', answer: 500 }, 'TRACKER_FAILED'],
  ['the connection is cut after the work', { work: 'done', answer: 'cut' }, 'TRACKER_UNREACHABLE'],
  ['the connection is cut before the work', { work: 'not done', answer: 'cut' }, 'TRACKER_UNREACHABLE'],
  ['Jira is overloaded', { work: 'not done', answer: 503 }, 'TRACKER_FAILED'],
  ['too much was asked', { work: 'not done', answer: 429, headers: { 'retry-after': '0' } }, undefined],
];

for (const deployment of ['cloud', 'data-center'] as const) {
  describeNeeds({ program: mcpAtlassian }, `Jira ${deployment} that fails`, ({ program }) => {
    let jira: JiraRestServer;
    let server: Awaited<ReturnType<typeof serveOverHttp>>;
    const opened: JiraTracker[] = [];

    /** A new process would know as little. */
    function connect(): JiraTracker {
      const config = httpConfig(server.url, jira);
      const tracker = new JiraTracker(openJira(config, TEST_ENVIRONMENT), config);
      opened.push(tracker);
      return tracker;
    }

    beforeAll(async () => {
      jira = await JiraRestServer.start(deployment);
      server = await serveOverHttp(program, jira);
    });
    beforeEach(() => {
      jira.reset().create({ summary: 'there already' });
    });
    afterEach(async () => {
      await Promise.all(opened.splice(0).map(async (tracker) => await tracker.close()));
      expect(jira.site.violations).toEqual([]);
    });
    afterAll(async () => {
      await server.child.stop();
      await jira.close();
    });

    describe.each(WRITES)('has $name once', ({ path, write, effects }) => {
      it.each(FAULTS)('when %s', async (_, fault, code) => {
        jira.faults = [{ method: 'POST', path, ...fault }];
        const first = write(connect());
        if (code === undefined) await first;
        else await expect(first).rejects.toMatchObject({ code, retryable: true });
        expect(jira.faults).toEqual([]);
        await write(connect());
        await write(connect());
        expect(effects(jira)).toBe(1);
      });
    });

    it('has a new story once when only reading it back failed', async () => {
      jira.faults = [{ method: 'GET', path: /\/issue\/DEMO-2$/, work: 'not done', answer: 500 }];
      await expect(connect().create(STORY, 'filed')).rejects.toMatchObject({ retryable: true });
      expect((await connect().create(STORY, 'filed')).key).toBe('DEMO-2');
      expect(jira.site.issues.size).toBe(2);
    });

    it('has a comment once when its comments can not be read, which the server keeps to itself', async () => {
      await connect().comment('DEMO-1', 'Claimed.', 'claim');
      jira.faults = [{ method: 'GET', path: /\/comment$/, work: 'not done', answer: 500 }];
      expect((await connect().comment('DEMO-1', 'Claimed.', 'claim')).adopted).toBe(true);
      expect(jira.faults).toEqual([]);
      expect(jira.site.require('DEMO-1').comments).toHaveLength(1);
    });

    it('says that a proxy answered instead of Jira, and that it is worth another try', async () => {
      jira.faults = [{ method: 'GET', path: /\/issue\/DEMO-1$/, work: 'not done', answer: 'garbage' }];
      await expect(connect().get('DEMO-1')).rejects.toMatchObject({ retryable: true });
    });

    it('says that the token is not accepted', async () => {
      const { accepted } = jira;
      jira.accepted = [];
      await expect(connect().get('DEMO-1')).rejects.toMatchObject({ code: 'TRACKER_UNAUTHORIZED', retryable: false });
      jira.accepted = accepted;
    });

    it('goes on with an issue that a person moved to another project, and ends where one was deleted', async () => {
      const issue = jira.site.require('DEMO-1');
      issue.key = 'OTHER-7';
      jira.site.issues.delete('DEMO-1');
      jira.site.issues.set('OTHER-7', issue);
      jira.site.movedKeys.set('DEMO-1', 'OTHER-7');
      expect((await connect().get('DEMO-1')).key).toBe('DEMO-1');
      await connect().transition('DEMO-1', 'in_progress', 'claim');
      await connect().comment('DEMO-1', 'Claimed.', 'claim');
      expect([issue.status, issue.comments.length]).toEqual(['In Progress', 1]);
      jira.site.issues.clear();
      const tracker = connect();
      for (const write of [
        () => tracker.comment('DEMO-1', 'x', 'm'),
        () => tracker.worklog('DEMO-1', WORK, 'm'),
        () => tracker.transition('DEMO-1', 'done', 'm'),
      ])
        await expect(write()).rejects.toMatchObject({ code: 'STORY_NOT_FOUND', retryable: false });
    });
  });
}
