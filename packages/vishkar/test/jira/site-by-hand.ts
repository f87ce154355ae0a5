/** The person at a stand-in site: moves and edits issues past the adapter, and reads what was written. */
import type { StoryStatus } from '../../src/domain/story.js';
import { wikiToMarkdown } from '../../src/issue-tracker/jira/wiki-markup.js';
import type { TrackerUnderTest } from '../contract/issue-tracker-contract.js';
import { adfParagraph, adfToWiki } from './adf.js';
import type { JiraSite } from './jira-site.js';

const STATUS_NAMES: Readonly<Record<StoryStatus, string>> = {
  todo: 'To Do',
  in_progress: 'In Progress',
  in_review: 'In Review',
  blocked: 'Blocked',
  done: 'Done',
  cancelled: 'Cancelled',
};

/** The account of a program; who can't tell it by its kind knows it by this name. */
export const PROGRAM = 'Automation for Jira';

/** How the site keeps texts. */
export type TextForm = 'adf' | 'wiki' | 'markdown';

export function byHand(site: JiraSite, form: TextForm): Omit<TrackerUnderTest, 'connect' | 'link'> {
  const write = async (key: string, body: string, name: string, isApp: boolean) => {
    site
      .require(key)
      .comments.push({ id: site.newId(), body: form === 'adf' ? adfParagraph(body) : body, author: { name, isApp } });
    await Promise.resolve();
  };
  return {
    assignByHand: async (key, name) => {
      site.require(key).assignee = name;
      await Promise.resolve();
    },
    blockByHand: async (key, blocker) => {
      site.links.push({ id: site.newId(), type: 'Blocks', inward: blocker, outward: key });
      await Promise.resolve();
    },
    fileByHand: async (summary) => await Promise.resolve(site.create({ summary })),
    deleteByHand: async (key) => {
      site.issues.delete(key);
      await Promise.resolve();
    },
    commentByHand: async (key, author, body) => await write(key, body, author, false),
    commentByProgram: async (key, body) => await write(key, body, PROGRAM, true),
    moveByHand: async (key, to) => {
      site.require(key).status = STATUS_NAMES[to];
      await Promise.resolve();
    },
    editByHand: async (key, description) => {
      site.require(key).description = form === 'adf' ? adfParagraph(description) : description;
      await Promise.resolve();
    },
    comments: async (key) => await Promise.resolve(site.require(key).comments.map(({ body }) => readText(body, form))),
    worklogs: async (key) => await Promise.resolve(site.require(key).worklogs.length),
  };
}

export function readText(body: unknown, form: TextForm): string {
  if (form === 'markdown') return String(body);
  return wikiToMarkdown(form === 'adf' ? adfToWiki(body) : String(body));
}
