/**
 * Comments and worklogs at the end of a story's file. Each entry is preceded by a hidden comment with its marker, by which
 * a retry finds it. Text from elsewhere can't forge one: `<!-- vishkar:` inside a body is defused when it is written.
 *
 *   <!-- vishkar:section comments -->
 *   ## Comments
 *
 *   <!-- vishkar:entry id="comment-1" marker="vishkar:DEMO-1/select/1/claim" -->
 *   **Vishkar**, 2026-01-01T10:00:00.000Z
 *
 *   text
 *   <!-- vishkar:end -->
 *
 * What a person writes between the end of an entry and the next one is theirs: so they answer a question.
 */
export type LogSection = 'comments' | 'worklog';

const HEADINGS: Readonly<Record<LogSection, string>> = { comments: '## Comments', worklog: '## Worklog' };
const ID_PREFIXES: Readonly<Record<LogSection, string>> = { comments: 'comment', worklog: 'worklog' };
const ANY_SECTION = /^<!-- vishkar:section \w+ -->[ \t]*\r?$/m;
const END = '<!-- vishkar:end -->';
const ENTRY = /^<!-- vishkar:entry id="([^"]*)" marker="([^"]*)" -->/gm;

/** Parts a text into what the person wrote and the log sections after it. */
export function splitLog(text: string): { readonly body: string; readonly log: string } {
  const start = ANY_SECTION.exec(text)?.index ?? text.length;
  return { body: text.slice(0, start), log: text.slice(start) };
}

/** Id of the entry that carries the marker; undefined when there is none. */
export function findEntry(text: string, section: LogSection, marker: string): string | undefined {
  const entries = sectionOf(splitLog(text).log, section).content.matchAll(ENTRY);
  for (const [, id, written] of entries) if (written === encodeMarker(marker)) return id;
  return undefined;
}

/**
 * Appends an entry to its section, which is made at the end of the file when there is none; nothing else changes.
 * Returns the text and the entry's id.
 */
export function appendEntry(
  text: string,
  section: LogSection,
  entry: { readonly marker: string; readonly body: string },
): { readonly text: string; readonly id: string } {
  const { body, log } = splitLog(text);
  const found = sectionOf(log, section);
  const id = `${ID_PREFIXES[section]}-${[...found.content.matchAll(ENTRY)].length + 1}`;
  const heading = found.content === '' ? `<!-- vishkar:section ${section} -->\n${HEADINGS[section]}\n\n` : '';
  const head = `<!-- vishkar:entry id="${id}" marker="${encodeMarker(entry.marker)}" -->`;
  const before = body + log.slice(0, found.end);
  const after = log.slice(found.end);
  const written = `${heading}${head}\n${defuse(entry.body).trim()}\n${END}\n${after === '' ? '' : '\n'}`;
  const inserted = `${gapAfter(before)}${written}`;
  return { text: before + (text.includes('\r\n') ? inserted.replaceAll('\n', '\r\n') : inserted) + after, id };
}

/** What people wrote after the entry with this marker, one text for each gap between entries of ours. */
export function textsAfter(text: string, section: LogSection, marker: string): readonly string[] {
  const { content } = sectionOf(splitLog(text).log, section);
  const [, ...entries] = content.split(/^(?=<!-- vishkar:entry )/m);
  const at = entries.findIndex((entry) => entry.includes(` marker="${encodeMarker(marker)}" -->`));
  if (at === -1) return [];
  // An entry of a version that wrote no end: nobody can tell where a person goes on.
  const gaps = entries.slice(at).map((entry) => entry.split(END)[1] ?? '');
  return gaps.map((gap) => gap.trim()).filter((gap) => gap !== '');
}

/** The hidden comment by which a filed story is found again. */
export function createdComment(marker: string): string {
  return `vishkar:created marker="${encodeMarker(marker)}"`;
}

function sectionOf(log: string, section: LogSection): { readonly content: string; readonly end: number } {
  const start = log.indexOf(`<!-- vishkar:section ${section} -->`);
  if (start < 0) return { content: '', end: log.length };
  const next = log.indexOf('<!-- vishkar:section ', start + 1);
  const end = next < 0 ? log.length : next;
  return { content: log.slice(start, end), end };
}

/** Line ends that are missing for one blank line after the text. */
function gapAfter(text: string): string {
  if (text === '' || /\n\r?\n$/.test(text)) return '';
  return text.endsWith('\n') ? '\n' : '\n\n';
}

/** Only what would end the attribute or the comment is escaped, so that a marker stays readable. */
function encodeMarker(marker: string): string {
  return marker.replace(/[%"<>\s]/g, (character) => encodeURIComponent(character));
}

/** Text from elsewhere with nothing in it that reads like a mark of ours. */
export function defuse(body: string): string {
  return body.replace(/\r\n?/g, '\n').replace(/<!--(\s*vishkar:)/gi, '&lt;!--$1');
}
