/**
 * The issue tracker port on Jira. Jira has no transactions and no idempotency keys, so every write looks first for what
 * carries its marker, and all writes of this process go one after another: a retry after a crash, a lost answer or an error
 * that came after the work finds what the earlier attempt left.
 */
import { createHash } from 'node:crypto';
import { STORY_PRIORITIES } from '../../domain/story.js';
import type { Story, StoryPriority, StoryStatus } from '../../domain/story.js';
import { VishkarError } from '../../errors.js';
import type { EffectReceipt, IssueTracker, NewStory, StoryReply } from '../issue-tracker.js';
import { requireMove } from '../transition-rules.js';
import type { IssueEntries, JiraIssue } from './dialect.js';
import { carriesReference, effectReference, isOurs, labelOf, withReference } from './effect-reference.js';
import type { JiraClient } from './jira-client.js';
import type { JiraConfig } from './jira-config.js';
import { statusNamesOf } from './jira-config.js';
import { findTransition, storyStatus } from './status-names.js';
import type { StatusNames } from './status-names.js';
import { parseCriteria, parseStoryText, renderStoryText } from '../story-text.js';

/** The most that both servers give in one page. */
const PAGE = 50;
/** States that many workflows lack; where nothing else was configured, a story stays where it is. */
const DISPENSABLE: readonly StoryStatus[] = ['in_review', 'blocked'];
const PRIORITY_NAMES: Readonly<Record<StoryPriority, string>> = {
  highest: 'Highest',
  high: 'High',
  medium: 'Medium',
  low: 'Low',
  lowest: 'Lowest',
};
/** JQL fields that search in the texts of what was written. */
const TEXT_FIELDS = { comments: 'comment', worklogs: 'worklogComment' } as const;

export class JiraTracker implements IssueTracker {
  readonly name = 'jira';
  readonly #jira: JiraClient;
  readonly #config: JiraConfig;
  readonly #statuses: StatusNames;
  /** What this process created: Jira's search index is seconds behind. */
  readonly #created = new Map<string, string>();
  #queue: Promise<unknown> = Promise.resolve();

  constructor(jira: JiraClient, config: JiraConfig) {
    this.#jira = jira;
    this.#config = config;
    this.#statuses = statusNamesOf(config);
  }

  async list(): Promise<readonly Story[]> {
    const { jql, project } = this.#config;
    const query = jql ?? `project = "${project}" AND statusCategory != Done ORDER BY priority DESC, key ASC`;
    const found = await this.#search(query, this.#jira.dialect.searchGivesTexts ? this.#fields() : ['summary']);
    if (this.#jira.dialect.searchGivesTexts) return found.map((issue) => this.#story(issue));
    const stories: Story[] = [];
    for (const { key } of found) stories.push(await this.get(key));
    return stories;
  }

  /** None: Jira takes no issue that can't be read as a story. */
  async problems(): Promise<readonly VishkarError[]> {
    return await Promise.resolve([]);
  }

  async get(key: string): Promise<Story> {
    const issue = await this.#issue(key);
    // An issue that was moved to another project answers to its old key; the story goes on under the key it began with.
    return this.#story({ ...issue, key });
  }

  async create(story: NewStory, marker: string): Promise<Story> {
    return await this.#oneByOne(async () => {
      const { project, issueType, priorities } = this.#config;
      const label = labelOf(marker);
      const existing = this.#created.get(label) ?? (await this.#findLabel(label));
      if (existing !== undefined) return await this.get(existing);
      const { key } = await this.#jira.do('create', {
        project,
        type: issueType,
        summary: story.title.replace(/\s+/g, ' ').trim().slice(0, 255),
        description: renderStoryText({ description: story.description, criteria: story.acceptanceCriteria }),
        fields: {
          labels: [label],
          priority: { name: { ...PRIORITY_NAMES, ...priorities }[story.priority] },
        },
      });
      this.#created.set(label, key);
      return await this.get(key);
    });
  }

  async transition(key: string, to: StoryStatus, _marker: string): Promise<EffectReceipt> {
    return await this.#oneByOne(async () => {
      const found = { id: `${key}:${to}`, adopted: true };
      if (!requireMove(key, await this.#status(key), to)) return found;
      // A state that the workflow does not have, as configured.
      if (this.#statuses[to].length === 0) return found;
      const transitions = await this.#jira.do('transitions', { key });
      const transition = findTransition(transitions, to, this.#statuses);
      if (transition === undefined) {
        if (DISPENSABLE.includes(to) && this.#config.statuses[to] === undefined) return found;
        throw this.#noTransition(
          key,
          to,
          transitions.map(({ name, to: status }) => status ?? name).join(', ') || 'none',
        );
      }
      await this.#jira.do('transition', { key, id: transition.id, fields: this.#config.transitionFields[to] });
      const reached = await this.#status(key);
      if (reached !== to) throw this.#noTransition(key, to, `"${transition.name}", which led to "${reached}"`);
      return { ...found, adopted: false };
    });
  }

  async comment(key: string, body: string, marker: string): Promise<EffectReceipt> {
    return await this.#oneByOne(async () => {
      const existing = await this.#findEntry(key, 'comments', marker);
      if (existing !== undefined) return { id: existing, adopted: true };
      const { id } = await this.#jira.do('addComment', { key, body: withReference(body, marker) });
      return { id, adopted: false };
    });
  }

  async repliesTo(key: string, marker: string): Promise<readonly StoryReply[]> {
    const { entries, isComplete, leavesOut } = await this.#jira.do('comments', { key });
    const at = entries.findIndex(({ body }) => carriesReference(body, marker));
    if (!isComplete && leavesOut === 'newest' && entries.length > 0)
      throw new VishkarError('TRACKER_REPLIES_HIDDEN', `${key} has more comments than the server of Jira gives.`, {
        hint: `Answer with "vishkar answer ${key}".`,
      });
    // Where the oldest are left out, ours can be one of them: whatever is given then came later.
    if (at === -1 && (isComplete || entries.length === 0)) return [];
    return entries
      .slice(at + 1)
      .filter(({ body, author }) => !isOurs(body) && author?.isApp !== true && !this.#isBot(author?.name))
      .map(({ id, body, author, created }) => ({ id, body, author: author?.name ?? '', at: isoTime(created) }));
  }

  #isBot(name: string | undefined): boolean {
    return name !== undefined && this.#config.botNames.includes(name);
  }

  async worklog(
    key: string,
    entry: { readonly seconds: number; readonly comment: string; readonly startedAt: string },
    marker: string,
  ): Promise<EffectReceipt> {
    return await this.#oneByOne(async () => {
      const existing = await this.#findEntry(key, 'worklogs', marker);
      if (existing !== undefined) return { id: existing, adopted: true };
      const comment = withReference(entry.comment, marker);
      const { id } = await this.#jira.do('addWorklog', { ...entry, key, comment });
      return { id, adopted: false };
    });
  }

  /** Says in Jira that one story waits for another. Jira keeps one link however often it is made. */
  async link(blocked: string, blocker: string): Promise<EffectReceipt> {
    return await this.#oneByOne(async () => {
      const type = this.#config.blockingLink;
      const receipt = { id: `${blocker}:${type}:${blocked}`, adopted: true };
      const { links } = await this.#issue(blocked);
      if (links.some((each) => each.type === type && each.direction === 'inward' && each.key === blocker))
        return receipt;
      await this.#jira.do('link', { type, blocker, blocked });
      return { ...receipt, adopted: false };
    });
  }

  /** Lets the server go. It starts again with the next call. */
  async close(): Promise<void> {
    await this.#jira.close();
  }

  async #issue(key: string): Promise<JiraIssue> {
    return await this.#jira.do('issue', { key, fields: this.#fields() });
  }

  async #status(key: string): Promise<StoryStatus> {
    return storyStatus(await this.#issue(key), this.#statuses);
  }

  async #search(jql: string, fields: readonly string[]): Promise<readonly JiraIssue[]> {
    const found = new Map<string, JiraIssue>();
    let cursor: string | undefined;
    do {
      const page = await this.#jira.do('search', { jql, fields, limit: PAGE, cursor });
      for (const issue of page.issues) found.set(issue.key, issue);
      // A server that gives the same page again would go on for ever.
      cursor = page.next === cursor ? undefined : page.next;
    } while (cursor !== undefined);
    return [...found.values()];
  }

  async #findLabel(label: string): Promise<string | undefined> {
    const jql = `project = "${this.#config.project}" AND labels = "${label}" ORDER BY created ASC`;
    const page = await this.#jira.do('search', { jql, fields: this.#identifying(), limit: 1 });
    return page.issues[0]?.key;
  }

  /**
   * The entry that carries the marker. Where the server may have left entries out, Jira's own text search tells whether
   * there is one; its id is then unknown.
   */
  async #findEntry(key: string, kind: 'comments' | 'worklogs', marker: string): Promise<string | undefined> {
    const { entries, isComplete }: IssueEntries = await this.#jira.do(kind, { key });
    const found = entries.find(({ body }) => carriesReference(body, marker));
    if (found !== undefined || isComplete) return found?.id;
    const reference = effectReference(marker);
    const jql = `key = "${key}" AND ${TEXT_FIELDS[kind]} ~ "${reference}"`;
    const page = await this.#jira.do('search', { jql, fields: this.#identifying(), limit: 1 });
    return page.issues.length > 0 ? reference : undefined;
  }

  #identifying(): readonly string[] {
    return this.#jira.dialect.searchGivesTexts ? this.#fields() : ['summary'];
  }

  #fields(): readonly string[] {
    const { criteriaField } = this.#config;
    const fields = ['summary', 'description', 'status', 'resolution', 'priority', 'assignee', 'issuelinks'];
    return criteriaField === undefined ? fields : [...fields, criteriaField];
  }

  #story(issue: JiraIssue): Story {
    const { priorities, blockingLink } = this.#config;
    const text = parseStoryText(issue.description);
    const criteria = [...text.criteria, ...(issue.criteria === undefined ? [] : parseCriteria(issue.criteria))];
    const names = { ...PRIORITY_NAMES, ...priorities };
    const content = {
      key: issue.key,
      title: issue.summary,
      description: text.description,
      priority:
        STORY_PRIORITIES.find((each) => names[each].toLowerCase() === issue.priority?.toLowerCase()) ?? 'medium',
      acceptanceCriteria: criteria.map((criterion, index) => ({ id: `AC-${String(index + 1)}`, text: criterion })),
    };
    return {
      ...content,
      status: storyStatus(issue, this.#statuses),
      // What is done blocks no longer; so a list of open issues is enough to see what is ready.
      blockedBy: issue.links
        .filter(({ type, direction, isDone }) => type === blockingLink && direction === 'inward' && !isDone)
        .map(({ key }) => key),
      ...(issue.assignee === undefined ? {} : { assignee: issue.assignee }),
      url: issue.url ?? '',
      // Jira's own `updated` changes with every comment of ours; this changes with what a person wrote.
      revision: createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 16),
    };
  }

  #noTransition(key: string, to: StoryStatus, available: string): VishkarError {
    const names = this.#statuses[to].map((name) => `"${name}"`).join(' or ');
    const message = `Jira has no way to move ${key} to ${names} now; it offers: ${available}.`;
    return new VishkarError('TRACKER_TRANSITION_MISSING', message, {
      hint: `Name the status in "tracker.jira.statuses.${to}" ([] where the workflow has none), or give the account the right to move it.`,
    });
  }

  async #oneByOne<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(work);
    this.#queue = turn.catch(() => undefined);
    return await turn;
  }
}

/** Jira writes the zone as `+0000`. */
function isoTime(created: string | undefined): string {
  const ms = Date.parse(created ?? '');
  return Number.isNaN(ms) ? '' : new Date(ms).toISOString();
}
