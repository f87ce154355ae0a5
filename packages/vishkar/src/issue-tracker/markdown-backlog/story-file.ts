/**
 * One story as a Markdown file: YAML front matter (key, title, status, priority, acceptance, links), the description,
 * then the log sections. The boundary between what a person types and the domain's `Story`.
 *
 * Rule guarded here: a change replaces exactly the characters it is about. The YAML document tells where a value stands;
 * unknown fields, order, comments, quotes and line ends stay as the person left them.
 */
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, stringify } from 'yaml';
import type { Document, Node, YAMLMap } from 'yaml';
import { STORY_PRIORITIES, storyKeySchema } from '../../domain/story.js';
import type { Story, StoryPriority, StoryStatus } from '../../domain/story.js';
import { VishkarError } from '../../errors.js';
import type { NewStory } from '../issue-tracker.js';
import { defuse, splitLog } from './story-log.js';
import { parseStatus, spellStatus, STATUS_NAMES } from './status-spelling.js';

export interface StoryFile {
  readonly path: string;
  readonly source: string;
  readonly story: Story;
  /** Where the status stands in `source`; start and end are equal when it has to be inserted there. */
  readonly statusRange: { readonly start: number; readonly end: number; readonly isKeyMissing: boolean };
}

interface FrontMatter {
  readonly path: string;
  readonly source: string;
  readonly start: number;
  readonly end: number;
  readonly lines: LineCounter;
  readonly fields: YAMLMap;
}

/** Reads one file. Throws VishkarError `BACKLOG_FILE_INVALID` with file and line. */
export function parseStoryFile(path: string, source: string): StoryFile {
  const front = parseFrontMatter(path, source);
  const key = scalar(front, 'key');
  const title = scalar(front, 'title');
  if (key === undefined) throw invalid(path, 1, 'the front matter has no `key` (for example `key: DEMO-1`)');
  if (!storyKeySchema.safeParse(key.text).success)
    throw invalidAt(front, key.node, `"${key.text}" is not a story key like DEMO-1`);
  if (title === undefined) throw invalid(path, 1, 'the front matter has no `title`');

  const status = scalar(front, 'status');
  const knownStatus = status === undefined ? 'todo' : parseStatus(status.text);
  if (status !== undefined && knownStatus === undefined)
    throw invalidAt(front, status.node, `"${status.text}" is not a status; there are ${STATUS_NAMES.join(', ')}`);
  const priority = scalar(front, 'priority');
  const knownPriority =
    priority === undefined ? 'medium' : STORY_PRIORITIES.find((each) => each === priority.text.toLowerCase());
  if (priority !== undefined && knownPriority === undefined)
    throw invalidAt(
      front,
      priority.node,
      `"${priority.text}" is not a priority; there are ${STORY_PRIORITIES.join(', ')}`,
    );

  const assignee = scalar(front, 'assignee');
  const acceptanceCriteria = texts(
    front,
    front.fields.get('acceptance', true) ?? front.fields.get('acceptanceCriteria', true),
  ).map((text, index) => ({ id: `AC-${index + 1}`, text }));
  const links = front.fields.get('links', true);
  const blockedBy = texts(front, isMap(links) ? links.get('blockedBy', true) : front.fields.get('blockedBy', true));
  const description = splitLog(source.slice(front.end))
    .body.replace(/^---[^\n]*\n?/, '')
    .trim();
  const content = {
    key: key.text,
    title: title.text,
    description,
    priority: knownPriority ?? ('medium' satisfies StoryPriority),
    acceptanceCriteria,
    blockedBy: [...blockedBy],
  };
  return {
    path,
    source,
    // The revision leaves out what we write ourselves (status, comments), else each step would see a changed story.
    story: {
      ...content,
      status: knownStatus ?? 'todo',
      ...(assignee === undefined ? {} : { assignee: assignee.text }),
      url: pathToFileURL(path).href,
      revision: createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 16),
    },
    statusRange: statusRange(front),
  };
}

/** The file's text with another status, spelled the way the file spells it. */
export function withStatus(file: StoryFile, status: StoryStatus): string {
  const { start, end, isKeyMissing } = file.statusRange;
  const before = file.source.slice(start, end);
  const value = spellStatus(status, before);
  const inserted = isKeyMissing ? `status: ${value}${lineEnd(file.source)}` : before === '' ? ` ${value}` : value;
  return file.source.slice(0, start) + inserted + file.source.slice(end);
}

/** The text of a new story's file. The marker stands in a YAML comment, where nothing that renders Markdown shows it. */
export function renderStoryFile(key: string, story: NewStory, markerComment: string): string {
  const fields = {
    key,
    title: story.title.replace(/\s+/g, ' ').trim(),
    status: 'todo',
    priority: story.priority,
    ...(story.acceptanceCriteria.length === 0 ? {} : { acceptance: story.acceptanceCriteria }),
  };
  return `---\n# ${markerComment}\n${stringify(fields, { lineWidth: 0 })}---\n\n${defuse(story.description).trim()}\n`;
}

/** The key that a file claims to have, readable even when the rest of it is not. */
export function claimedKey(path: string, source: string): string | undefined {
  const written = /^key:\s*["']?([A-Za-z][A-Za-z0-9_]*-[0-9]+)/m.exec(source)?.[1];
  return written ?? /^([A-Za-z][A-Za-z0-9_]*-[0-9]+)(?![0-9])/.exec(basename(path))?.[1];
}

/** `\r\n` where the file uses it. */
function lineEnd(source: string): string {
  return source.includes('\r\n') ? '\r\n' : '\n';
}

function parseFrontMatter(path: string, source: string): FrontMatter {
  const opening = /^\uFEFF?---[ \t]*\r?\n/.exec(source);
  if (opening === null) throw invalid(path, 1, 'it does not begin with front matter (a line `---`)');
  const start = opening[0].length;
  const closing = /^---[ \t]*\r?$/m.exec(source.slice(start));
  if (closing === null) throw invalid(path, 1, 'its front matter is not closed with a line `---`');
  const end = start + closing.index;
  const lines = new LineCounter();
  const document: Document = parseDocument(source.slice(start, end), { lineCounter: lines });
  const [error] = document.errors;
  // The message repeats the source below its first line.
  if (error !== undefined)
    throw invalid(path, 1 + lines.linePos(error.pos[0]).line, error.message.split(/ at line |:\n/)[0] ?? error.message);
  if (!isMap(document.contents) || document.contents.flow === true)
    throw invalid(path, 2, 'its front matter is not a list of fields, one per line (`key: DEMO-1`)');
  return { path, source, start, end, lines, fields: document.contents };
}

/** A field's text as written (a title of `1.0` stays `1.0`); undefined when it is absent or empty. */
function scalar(front: FrontMatter, name: string): { readonly text: string; readonly node: Node } | undefined {
  const node = front.fields.get(name, true);
  if (node === undefined) return undefined;
  if (isAlias(node) || !isScalar(node)) throw invalidAt(front, node, `\`${name}\` has to be one line of text`);
  const text = node.value === null ? '' : (node.source ?? String(node.value)).trim();
  return text === '' ? undefined : { text, node };
}

/** A list of texts; an item that YAML reads as something else (`Given x: then y`) is taken as it is written. */
function texts(front: FrontMatter, node: unknown): readonly string[] {
  if (isSeq(node)) {
    return node.items.flatMap((item) => {
      if (isScalar(item)) return item.value === null ? [] : [String(item.source ?? item.value).trim()];
      const range = (item as Node).range;
      return range ? [front.source.slice(front.start + range[0], front.start + range[1]).trim()] : [];
    });
  }
  if (!isScalar(node) || node.value === null) return [];
  const lines = String(node.value).split('\n');
  return lines.map((line) => line.replace(/^\s*[-*]\s+/, '').trim()).filter((line) => line !== '');
}

function statusRange(front: FrontMatter): StoryFile['statusRange'] {
  const pair = front.fields.items.find((each) => isScalar(each.key) && each.key.value === 'status');
  const keyEnd = isScalar(pair?.key) ? pair.key.range?.[1] : undefined;
  if (keyEnd === undefined) return { start: front.end, end: front.end, isKeyMissing: true };
  const range = isScalar(pair?.value) ? pair.value.range : undefined;
  if (range && range[0] < range[1])
    return { start: front.start + range[0], end: front.start + range[1], isKeyMissing: false };
  // `status:` with nothing behind it: the value goes right after the colon, before any comment.
  const afterColon = front.source.indexOf(':', front.start + keyEnd) + 1;
  return { start: afterColon, end: afterColon, isKeyMissing: false };
}

function invalidAt(front: FrontMatter, node: Node, reason: string): VishkarError {
  return invalid(front.path, 1 + front.lines.linePos(node.range?.[0] ?? 0).line, reason);
}

function invalid(path: string, line: number, reason: string): VishkarError {
  return new VishkarError('BACKLOG_FILE_INVALID', `${path}:${line}: ${reason}.`, {
    hint: 'Mend the file; the other stories of the backlog are not affected.',
  });
}
