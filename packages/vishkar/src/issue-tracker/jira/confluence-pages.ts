/**
 * Pages of Confluence that Vishkar keeps, over the same servers as Jira. A page is written as a whole, so only one that is
 * empty or that carries a line of ours is taken: what people wrote is never overwritten.
 */
import { VishkarError } from '../../errors.js';
import type { EffectReceipt } from '../issue-tracker.js';
import { carriesReference, isOurs, withReference } from './effect-reference.js';
import type { JiraClient } from './jira-client.js';

export class ConfluencePages {
  readonly #jira: JiraClient;

  constructor(jira: JiraClient) {
    this.#jira = jira;
  }

  /**
   * Gives the page this text (Markdown), once per marker. Throws VishkarError `TRACKER_PAGE_FOREIGN` when people wrote it,
   * and the errors of the tracker.
   */
  async write(id: string, markdown: string, marker: string): Promise<EffectReceipt> {
    const { title, body } = await this.#jira.do('page', { id });
    if (carriesReference(body, marker)) return { id, adopted: true };
    if (body.trim() !== '' && !isOurs(body))
      throw new VishkarError('TRACKER_PAGE_FOREIGN', `The page "${title}" (${id}) was written by others.`, {
        hint: 'Name an empty page: Vishkar writes a page as a whole, and would delete what is there.',
      });
    await this.#jira.do('updatePage', { id, title, body: withReference(markdown, marker) });
    return { id, adopted: false };
  }

  async close(): Promise<void> {
    await this.#jira.close();
  }
}
