/** Jira over the real mcp-atlassian program, on a stand-in for Jira's REST API as Cloud and as Data Center, under the contract. */
import { describeNeeds } from '@vishkar/testkit';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { JiraConfig } from '../../src/issue-tracker/jira/jira-config.js';
import { JiraTracker } from '../../src/issue-tracker/jira/jira-tracker.js';
import { openJira } from '../../src/issue-tracker/jira/open-jira.js';
import { adfParagraph } from '../jira/adf.js';
import { JiraRestServer } from '../jira/jira-rest-server.js';
import { httpConfig, mcpAtlassian, serveOverHttp, TEST_ENVIRONMENT } from '../jira/mcp-atlassian.js';
import { byHand, PROGRAM } from '../jira/site-by-hand.js';
import { describeIssueTracker } from './issue-tracker-contract.js';

for (const deployment of ['cloud', 'data-center'] as const) {
  describeNeeds({ program: mcpAtlassian }, `Jira ${deployment} over mcp-atlassian`, ({ program }) => {
    let jira: JiraRestServer;
    let server: Awaited<ReturnType<typeof serveOverHttp>>;
    const opened: JiraTracker[] = [];

    beforeAll(async () => {
      jira = await JiraRestServer.start(deployment);
      server = await serveOverHttp(program, jira);
    });
    afterEach(async () => {
      await Promise.all(opened.splice(0).map(async (tracker) => await tracker.close()));
      expect(jira.site.violations).toEqual([]);
    });
    afterAll(async () => {
      await server.child.stop();
      await jira.close();
    });

    function connect(more: Partial<JiraConfig> = {}): JiraTracker {
      const config = { ...httpConfig(server.url, jira), ...more };
      const tracker = new JiraTracker(openJira(config, TEST_ENVIRONMENT), config);
      opened.push(tracker);
      return tracker;
    }

    describeIssueTracker(`JiraTracker (mcp-atlassian, ${deployment})`, async () => {
      const site = jira.reset();
      return await Promise.resolve({
        connect: () => connect({ botNames: [PROGRAM] }),
        link: (key: string, blocker: string) => connect().link(key, blocker),
        ...byHand(site, deployment === 'cloud' ? 'adf' : 'wiki'),
      });
    });

    it('lists what is not done, in the order of Jira', async () => {
      const site = jira.reset();
      for (let number = 1; number <= 22; number += 1)
        site.create({ summary: `story ${String(number)}`, status: number % 11 === 0 ? 'Done' : 'To Do' });
      expect((await connect().list()).map(({ title }) => title)).toEqual(
        Array.from({ length: 22 }, (_, index) => index + 1)
          .filter((number) => number % 11 !== 0)
          .map((number) => `story ${String(number)}`),
      );
    });

    it('takes the names of a workflow from the configuration', async () => {
      const site = jira.reset();
      const { key } = site.create({ summary: 'a story', priority: 'Low' });
      const statuses = { in_progress: ['Blocked'], blocked: [] };
      const tracker = connect({ statuses, priorities: { highest: 'Low' } });
      await tracker.transition(key, 'in_progress', 'claim');
      expect(site.require(key).status).toBe('Blocked');
      expect(await tracker.transition(key, 'blocked', 'stop')).toMatchObject({ adopted: true });
      expect(await tracker.get(key)).toMatchObject({ status: 'in_progress', priority: 'highest' });
    });

    it('goes by the name of a transition, since the server does not tell where it leads', async () => {
      const site = jira.reset();
      site.transitionNames = { 'In Progress': 'Start Progress', Done: 'Reject' };
      const { key } = site.create({ summary: 'a story' });
      await expect(connect().transition(key, 'in_progress', 'm')).rejects.toMatchObject({
        code: 'TRACKER_TRANSITION_MISSING',
        message: expect.stringContaining('Start Progress'),
      });
      const statuses = { in_progress: ['In Progress', 'Start Progress'], cancelled: ['Cancelled', 'Reject'] };
      expect(await connect({ statuses }).transition(key, 'in_progress', 'm')).toMatchObject({ adopted: false });
      site.transitionNames = { Done: 'Cancelled', Cancelled: 'Done' };
      await expect(connect().transition(key, 'cancelled', 'm')).rejects.toMatchObject({
        code: 'TRACKER_TRANSITION_MISSING',
        message: expect.stringContaining('led to "done"'),
      });
    });

    it('reads acceptance criteria from a field of their own', async () => {
      const site = jira.reset();
      const text = deployment === 'cloud' ? adfParagraph('one') : '* one\n* two';
      const { key } = site.create({ summary: 'a story', custom: { customfield_10010: text } });
      const { acceptanceCriteria } = await connect({ criteriaField: 'customfield_10010' }).get(key);
      expect(acceptanceCriteria.map((each) => each.text)).toEqual(deployment === 'cloud' ? ['one'] : ['one', 'two']);
    });
  });
}
