/** Pages of Confluence over the real mcp-atlassian, on a stand-in for Confluence's REST API. */
import { describeNeeds } from '@vishkar/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { ConfluencePages } from '../../src/issue-tracker/jira/confluence-pages.js';
import { openJira } from '../../src/issue-tracker/jira/open-jira.js';
import { describePages } from '../contract/page-contract.js';
import { JiraRestServer, USER } from './jira-rest-server.js';
import { mcpAtlassian, stdioConfig, TEST_ENVIRONMENT } from './mcp-atlassian.js';

describeNeeds({ program: mcpAtlassian }, 'ConfluencePages over mcp-atlassian', ({ program }) => {
  let jira: JiraRestServer;
  let pages: ConfluencePages;

  beforeAll(async () => {
    jira = await JiraRestServer.start('data-center');
    const config = stdioConfig(program, jira, {
      server: {
        transport: 'stdio',
        command: program,
        environment: { ...jira.settings, CONFLUENCE_URL: jira.address, CONFLUENCE_USERNAME: USER },
        secretsEnv: { JIRA_API_TOKEN: 'TEST_JIRA_TOKEN', CONFLUENCE_API_TOKEN: 'TEST_JIRA_TOKEN' },
      },
    });
    pages = new ConfluencePages(openJira(config, TEST_ENVIRONMENT));
  });
  beforeEach(() => {
    jira.reset();
    jira.site.pages.set('42', { title: 'Release notes', body: '', version: 1 });
  });
  afterEach(() => {
    expect(jira.site.violations).toEqual([]);
  });
  afterAll(async () => {
    await pages.close();
    await jira.close();
  });

  it('has one new version when the error came after the work', async () => {
    jira.faults = [{ method: 'PUT', path: /\/content\/42$/, work: 'done', answer: 500 }];
    await expect(pages.write('42', '# DEMO-1', 'DEMO-1')).rejects.toMatchObject({ retryable: true });
    expect((await pages.write('42', '# DEMO-1', 'DEMO-1')).adopted).toBe(true);
    expect(jira.site.pages.get('42')?.version).toBe(2);
  });

  describePages(
    'mcp-atlassian',
    () => jira.site,
    () => pages,
  );
});
