/**
 * The issue tracker that is a folder of Markdown files in the user's checkout (`.vishkar/backlog/*.md`).
 *
 * Files are read anew for each call, because people edit them at any time, and replaced as a whole. Writes stay
 * uncommitted in the user's checkout: Vishkar never commits to a branch that a person works on. A file that can't be
 * read is reported by `problems()` and stands in nobody's way.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { Story, StoryStatus } from '../../domain/story.js';
import { createFileDurably, writeFileDurably } from '../../durable-file.js';
import { VishkarError } from '../../errors.js';
import { gitText } from '../../git/git-command.js';
import type { EffectReceipt, IssueTracker, NewStory, StoryReply } from '../issue-tracker.js';
import { requireMove } from '../transition-rules.js';
import { claimedKey, parseStoryFile, renderStoryFile, withStatus } from './story-file.js';
import type { StoryFile } from './story-file.js';
import { appendEntry, createdComment, findEntry, textsAfter } from './story-log.js';
import type { LogSection } from './story-log.js';

export interface MarkdownBacklogOptions {
  /** The user's main checkout. */
  readonly repository: string;
  /** Relative to the repository, or absolute. Default `.vishkar/backlog`. */
  readonly folder?: string;
  /** Prefix of new keys. Default: the most used one, else made from the repository's name. */
  readonly keyPrefix?: string;
  /** Name under which comments are written. Default `Vishkar`. */
  readonly author?: string;
  readonly now?: () => Date;
  /** What a person writes counts when the file has not changed for so long: editors save in the middle of a sentence. Default 5,000. */
  readonly settleMs?: number;
}

const DEFAULT_SETTLE_MS = 5_000;

interface Backlog {
  readonly files: readonly StoryFile[];
  readonly problems: readonly { readonly key: string | undefined; readonly error: VishkarError }[];
  /** Keys that files claim, readable or not. */
  readonly claimedKeys: readonly string[];
}

/** Stories of a repository's backlog folder. */
export class MarkdownBacklog implements IssueTracker {
  readonly name = 'markdown';
  readonly folder: string;
  readonly #options: MarkdownBacklogOptions;
  readonly #now: () => Date;
  /** Writes of this process, one after the other: steps of several stories share one worker. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(options: MarkdownBacklogOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => new Date());
    this.folder = resolve(options.repository, options.folder ?? join('.vishkar', 'backlog'));
  }

  /** Readable stories in the order of their file names, numbers counted as numbers. */
  async list(): Promise<readonly Story[]> {
    return (await this.#load()).files.map((file) => file.story);
  }

  /** What is wrong with files that `list` leaves out; each names file and line. */
  async problems(): Promise<readonly VishkarError[]> {
    return (await this.#load()).problems.map((problem) => problem.error);
  }

  async get(key: string): Promise<Story> {
    return (await this.#find(key)).story;
  }

  async create(story: NewStory, marker: string): Promise<Story> {
    return await this.#oneByOne(async () => {
      for (;;) {
        const backlog = await this.#load();
        const filed = backlog.files.find((file) => file.source.includes(`# ${createdComment(marker)}`));
        if (filed !== undefined) return filed.story;
        const key = nextKey(backlog, this.#options.keyPrefix ?? prefixOf(backlog, this.#options.repository));
        const path = join(this.folder, `${key}.md`);
        const source = renderStoryFile(key, story, createdComment(marker));
        // Parsed before it is written: what could not be read back is not filed.
        const file = parseStoryFile(path, source);
        if (await createFileDurably(path, source)) return file.story;
        // Another process took the key in between: look again.
      }
    });
  }

  /** The marker is not needed here: a state that is reached is its own proof. */
  async transition(key: string, to: StoryStatus): Promise<EffectReceipt> {
    const id = `${key}:${to}`;
    return await this.#update(key, (file) =>
      requireMove(key, file.story.status, to)
        ? { receipt: { id, adopted: false }, text: withStatus(file, to) }
        : { receipt: { id, adopted: true }, text: file.source },
    );
  }

  async comment(key: string, body: string, marker: string): Promise<EffectReceipt> {
    const author = this.#options.author ?? 'Vishkar';
    return await this.#append(key, 'comments', marker, () => `**${author}**, ${this.#now().toISOString()}\n\n${body}`);
  }

  /** The file does not tell who wrote into it: whoever works in this checkout. */
  async repliesTo(key: string, marker: string): Promise<readonly StoryReply[]> {
    const { path, source } = await this.#find(key);
    const texts = textsAfter(source, 'comments', marker);
    if (texts.length === 0) return [];
    const { mtime } = await stat(path);
    if (this.#now().getTime() - mtime.getTime() < (this.#options.settleMs ?? DEFAULT_SETTLE_MS)) return [];
    const author = await gitText(['config', 'user.name'], { cwd: this.#options.repository }).catch(() => '');
    return texts.map((body) => ({
      id: createHash('sha256').update(body).digest('hex').slice(0, 16),
      author: author === '' ? 'a person with this checkout' : author,
      at: mtime.toISOString(),
      body,
    }));
  }

  async worklog(
    key: string,
    entry: { readonly seconds: number; readonly comment: string; readonly startedAt: string },
    marker: string,
  ): Promise<EffectReceipt> {
    const comment = entry.comment.replace(/\s+/g, ' ').trim();
    return await this.#append(
      key,
      'worklog',
      marker,
      () => `- ${entry.startedAt}, ${spent(entry.seconds)}: ${comment}`,
    );
  }

  async #append(key: string, section: LogSection, marker: string, render: () => string): Promise<EffectReceipt> {
    return await this.#update(key, (file) => {
      const found = findEntry(file.source, section, marker);
      if (found !== undefined) return { receipt: { id: found, adopted: true }, text: file.source };
      const { id, text } = appendEntry(file.source, section, { marker, body: render() });
      return { receipt: { id, adopted: false }, text };
    });
  }

  /** Changes one file. A person who saves it while we do is not overwritten: the change is made again on their text. */
  async #update(
    key: string,
    change: (file: StoryFile) => { readonly receipt: EffectReceipt; readonly text: string },
  ): Promise<EffectReceipt> {
    return await this.#oneByOne(async () => {
      for (;;) {
        const file = await this.#find(key);
        const { receipt, text } = change(file);
        if (text === file.source) return receipt;
        if ((await readIfThere(file.path)) !== file.source) continue;
        await writeFileDurably(file.path, text);
        return receipt;
      }
    });
  }

  async #find(key: string): Promise<StoryFile> {
    const backlog = await this.#load();
    const file = backlog.files.find((each) => each.story.key === key);
    if (file !== undefined) return file;
    const problem = backlog.problems.find((each) => each.key === key);
    if (problem !== undefined) throw problem.error;
    throw new VishkarError('STORY_NOT_FOUND', `There is no story ${key} in ${this.folder}.`, {
      hint: 'Run "vishkar list" to see the stories there are, or file one with "vishkar run --story".',
    });
  }

  async #load(): Promise<Backlog> {
    const files: StoryFile[] = [];
    const problems: { key: string | undefined; error: VishkarError }[] = [];
    const claimedKeys: string[] = [];
    for (const path of await this.#paths()) {
      let source = '';
      try {
        const found = await readIfThere(path);
        if (found === undefined) continue;
        source = found;
        claimedKeys.push(claimedKey(path, source) ?? '');
        const file = parseStoryFile(path, source);
        const twin = files.find((each) => each.story.key === file.story.key);
        if (twin === undefined) files.push(file);
        else problems.push({ key: undefined, error: duplicate(twin, file) });
      } catch (error) {
        if (!(error instanceof VishkarError)) throw error;
        problems.push({ key: claimedKey(path, source), error });
      }
    }
    return { files, problems, claimedKeys };
  }

  async #paths(): Promise<readonly string[]> {
    let names: string[];
    try {
      const entries = await readdir(this.folder, { withFileTypes: true });
      names = entries.filter((entry) => !entry.isDirectory()).map((entry) => entry.name);
    } catch (error) {
      // No backlog yet: it holds no stories.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
    const stories = names.filter((name) => /^[^.].*\.md$/i.test(name) && !/^readme\.md$/i.test(name));
    return stories.sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).map((name) => join(this.folder, name));
  }

  async #oneByOne<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(work);
    this.#queue = turn.catch(() => undefined);
    return await turn;
  }
}

/** Undefined when a person removed the file since its folder was listed. Throws VishkarError `BACKLOG_FILE_INVALID` when it can't be read. */
async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw new VishkarError('BACKLOG_FILE_INVALID', `${path}:1: it can't be read: ${message}.`, {
      hint: 'Make it a readable file; the other stories of the backlog are not affected.',
      cause: error,
    });
  }
}

function duplicate(first: StoryFile, second: StoryFile): VishkarError {
  const message = `${second.path}:1: its key ${second.story.key} is taken by ${basename(first.path)}, which is used.`;
  return new VishkarError('BACKLOG_KEY_DUPLICATE', message, { hint: 'Give one of the two files another key.' });
}

/** One more than the highest number that any file with this prefix claims, readable or not. */
function nextKey(backlog: Backlog, prefix: string): string {
  const numbers = backlog.claimedKeys
    .filter((key) => key.startsWith(`${prefix}-`))
    .map((key) => Number(key.slice(prefix.length + 1)));
  return `${prefix}-${Math.max(0, ...numbers) + 1}`;
}

function prefixOf(backlog: Backlog, repository: string): string {
  const counts = new Map<string, number>();
  for (const { story } of backlog.files) {
    const prefix = story.key.replace(/-\d+$/, '');
    counts.set(prefix, (counts.get(prefix) ?? 0) + 1);
  }
  const [used] = [...counts].sort((a, b) => b[1] - a[1]);
  if (used !== undefined) return used[0];
  const name = basename(resolve(repository))
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '_')
    .replace(/^[^A-Z]+|_+$/g, '');
  return name === '' ? 'STORY' : name.slice(0, 12).replace(/_+$/, '');
}

/** `1h 05m`, as people log work. */
function spent(seconds: number): string {
  const minutes = Math.max(1, Math.round(seconds / 60));
  const hours = Math.floor(minutes / 60);
  return hours === 0 ? `${minutes}m` : `${hours}h ${String(minutes % 60).padStart(2, '0')}m`;
}
