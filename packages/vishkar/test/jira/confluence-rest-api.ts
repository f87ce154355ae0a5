/** The calls of Confluence's REST API (v1, as Data Center has it) that mcp-atlassian makes to read and change a page. */
import type { Answer } from './jira-rest-api.js';
import type { JiraSite } from './jira-site.js';

export function confluenceAnswer(site: JiraSite, method: string, path: string, body: unknown): Answer {
  const [, id = '', part = ''] = /^\/rest\/api\/content\/(\w+)(?:\/(.+))?$/.exec(path) ?? [];
  const page = site.pages.get(id);
  if (page === undefined) return { status: 404, body: { statusCode: 404, message: 'No content found' } };
  // How a page is adorned (emoji, width) is kept in properties; this one has none.
  if (part.startsWith('property')) return { status: 404, body: { statusCode: 404, message: 'No property found' } };
  if (part === 'history') return { status: 200, body: { lastUpdated: { number: page.version } } };
  if (method === 'PUT') {
    const change = body as {
      title: string;
      version: { number: number };
      body: { storage: { value: string; representation: string } };
    };
    if (change.version.number !== page.version + 1)
      return { status: 409, body: { statusCode: 409, message: 'Version must be incremented' } };
    site.pages.set(id, { title: change.title, body: change.body.storage.value, version: change.version.number });
  }
  const { title, body: value, version } = site.pages.get(id) ?? page;
  return {
    status: 200,
    body: {
      id,
      type: 'page',
      status: 'current',
      title,
      space: { key: 'DOC', name: 'Documentation' },
      version: { number: version },
      body: { storage: { value, representation: 'storage' } },
      children: { attachment: { results: [] } },
    },
  };
}
