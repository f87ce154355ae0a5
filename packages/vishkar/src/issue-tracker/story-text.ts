/**
 * Neither Jira nor GitHub has a field for acceptance criteria: they stand in the description, under a heading. The boundary between that one
 * text, as people write it, and the story's description and list of criteria.
 */

const HEADING = /^\s*(?:#{1,6}\s*)?(?:\*\*)?\s*acceptance criteria\s*:?\s*(?:\*\*)?\s*:?\s*$/i;
const ITEM = /^\s*(?:[-*+]|\d+[.)])\s+(?:\[[ xX]\]\s+)?(.+)$/;
/** An item at the left edge begins a criterion; one further in belongs to it. */
const OUTER_ITEM = /^ {0,1}(?:[-*+]|\d+[.)])\s/;

export interface StoryText {
  readonly description: string;
  readonly criteria: readonly string[];
}

export function renderStoryText({ description, criteria }: StoryText): string {
  if (criteria.length === 0) return description.trim();
  const list = criteria.map((each) => `- ${each.replace(/\s+/g, ' ').trim()}`).join('\n');
  return `${description.trim()}\n\n## Acceptance criteria\n\n${list}`;
}

/** The section ends at the next heading, or at a text that follows its list. */
export function parseStoryText(text: string): StoryText {
  const lines = text.split(/\r?\n/);
  const start = lines.findIndex((line) => HEADING.test(line));
  if (start === -1) return { description: text.trim(), criteria: [] };
  const rest = lines.slice(start + 1);
  const end = sectionEnd(rest);
  const outside = [...lines.slice(0, start), ...rest.slice(end)].join('\n').replace(/\n{3,}/g, '\n\n');
  return { description: outside.trim(), criteria: parseCriteria(rest.slice(0, end).join('\n')) };
}

/** The items of a list; without a list each paragraph (Given ... When ... Then ...) is one criterion. */
export function parseCriteria(text: string): readonly string[] {
  const lines = text.split(/\r?\n/);
  const criteria: string[] = [];
  const hasList = lines.some((line) => ITEM.test(line));
  const blocks = hasList ? lines : text.split(/\n\s*\n/);
  for (const block of blocks) {
    const item = hasList ? ITEM.exec(block)?.[1] : block;
    const words = (item ?? block).replace(/\s+/g, ' ').trim();
    if (words === '') continue;
    const last = criteria.length - 1;
    const isNew = !hasList || OUTER_ITEM.test(block) || last === -1;
    if (isNew) criteria.push(words);
    else criteria[last] = `${criteria[last] ?? ''} ${words}`;
  }
  return criteria;
}

function sectionEnd(lines: readonly string[]): number {
  let hasList = false;
  let isAfterBlank = false;
  for (const [index, line] of lines.entries()) {
    if (/^#{1,6}\s/.test(line)) return index;
    if (ITEM.test(line)) hasList = true;
    else if (hasList && isAfterBlank && line.trim() !== '' && !/^\s{2,}/.test(line)) return index;
    isAfterBlank = line.trim() === '';
  }
  return lines.length;
}
