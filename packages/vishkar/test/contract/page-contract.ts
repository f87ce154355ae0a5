/** What every server of wiki pages has to hold: a page is ours as a whole, or it is left alone. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { ConfluencePages } from '../../src/issue-tracker/jira/confluence-pages.js';
import type { JiraSite } from '../jira/jira-site.js';

const ID = '42';

/** `connect` makes a new client on the same site each time, as after a restart; whoever calls closes it. */
export function describePages(name: string, site: () => JiraSite, connect: () => ConfluencePages): void {
  describe(`${name} keeps the contract of pages`, () => {
    beforeEach(() => {
      site().pages.set(ID, { title: 'Release notes', body: '', version: 1 });
    });

    it('writes an empty page and its own once per marker', async () => {
      expect((await connect().write(ID, '# DEMO-1\n\n- done', 'DEMO-1')).adopted).toBe(false);
      expect((await connect().write(ID, '# DEMO-1\n\n- done', 'DEMO-1')).adopted).toBe(true);
      expect(site().pages.get(ID)).toMatchObject({ version: 2, title: 'Release notes' });
      expect((await connect().write(ID, '# DEMO-2', 'DEMO-2')).adopted).toBe(false);
      expect(site().pages.get(ID)).toMatchObject({ version: 3, body: expect.stringContaining('DEMO-2') });
    });

    it('leaves alone what people wrote', async () => {
      site().pages.set(ID, { title: 'Release notes', body: '<p>ours vishkar ref none</p>', version: 7 });
      await expect(connect().write(ID, '# DEMO-1', 'DEMO-1')).rejects.toMatchObject({ code: 'TRACKER_PAGE_FOREIGN' });
      expect(site().pages.get(ID)?.version).toBe(7);
    });

    it('says that there is no such page', async () => {
      await expect(connect().write('404404', '# DEMO-1', 'DEMO-1')).rejects.toMatchObject({
        code: 'TRACKER_PAGE_NOT_FOUND',
        retryable: false,
      });
    });
  });
}
