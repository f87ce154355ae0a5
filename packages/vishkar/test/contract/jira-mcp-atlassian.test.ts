/** Jira over the real mcp-atlassian program, on a stand-in for Jira's REST API as Cloud and as Data Center, under the contract. */
import { describeNeeds } from '@vishkar/testkit';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { JiraTracker } from '../../src/issue-tracker/jira/jira-tracker.js';
import { openJira } from '../../src/issue-tracker/jira/open-jira.js';
import { JiraRestServer } from '../jira/jira-rest-server.js';
import { httpConfig, mcpAtlassian, serveOverHttp, TEST_ENVIRONMENT } from '../jira/mcp-atlassian.js';
import { byHand } from '../jira/site-by-hand.js';
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

    describeIssueTracker(`JiraTracker (mcp-atlassian, ${deployment})`, async () => {
      const site = jira.reset();
      const connect = () => {
        const config = httpConfig(server.url, jira);
        const tracker = new JiraTracker(openJira(config, TEST_ENVIRONMENT), config);
        opened.push(tracker);
        return tracker;
      };
      return await Promise.resolve({ connect, ...byHand(site, deployment === 'cloud' ? 'adf' : 'wiki') });
    });
  });
}
