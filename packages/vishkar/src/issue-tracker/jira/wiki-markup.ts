/**
 * Jira's wiki markup (REST API v2; what Data Center stores, and how Cloud shows its documents there) to and from Markdown.
 * mcp-atlassian can translate too, but changes plain text on the way (`Map<String, int>` to `MapString, int`, `my_name` to
 * `my\\*name`), and the text of a story is what an engine works from. So its translation is switched off, and this one
 * touches nothing but markup that Jira itself would show as such: between word boundaries, outside of code.
 */

const OPENS = String.raw`(^|[\s(>"'])`;
const CLOSES = String.raw`(?=$|[\s).,:;!?"'])`;
/** A character that no text holds, around the number of a piece that is set aside. */
const ASIDE = '\uE000';

export function wikiToMarkdown(wiki: string): string {
  const pieces = new Pieces();
  const text = wiki
    .replace(/\r\n/g, '\n')
    .replace(/\{code(?::([^}\n]*))?\}\n?([\s\S]*?)\n?\{code\}/g, (_, options: string | undefined, code: string) =>
      pieces.keep(`\`\`\`${languageOf(options)}\n${code}\n\`\`\``),
    )
    .replace(/\{noformat\}\n?([\s\S]*?)\n?\{noformat\}/g, (_, code: string) => pieces.keep(`\`\`\`\n${code}\n\`\`\``))
    .replace(/\{\{(.+?)\}\}/g, (_, code: string) => pieces.keep(`\`${unescape(code)}\``))
    .replace(/\\([{}[\]*_+^~\-!|#?])/g, (_, character: string) => pieces.keep(character))
    .replace(/\{quote\}\n?([\s\S]*?)\n?\{quote\}/g, (_, quoted: string) => quoted.replace(/^/gm, '> '))
    .replace(/\{(?:color|panel)(?::[^}\n]*)?\}/g, '')
    .replace(/[ \t]*\\\\(?=\s|$)/gm, '\n')
    .split('\n')
    .map(lineToMarkdown)
    .join('\n')
    .replace(/\[~(?:accountid:)?([^\]\n]+)\]/g, '@$1')
    .replace(/\[([^|\]\n]+)\|([^|\]\n]+)(?:\|[^\]\n]*)?\]/g, '[$1]($2)')
    .replace(/\[((?:https?:\/\/|mailto:)[^\]\s]+)\]/g, '$1')
    .replace(new RegExp(`${OPENS}_(\\S(?:[^_\\n]*\\S)?)_${CLOSES}`, 'gm'), '$1*$2*')
    .replace(new RegExp(`${OPENS}${ASIDE}b(\\S(?:[^*\\n]*\\S)?)${ASIDE}b${CLOSES}`, 'gm'), '$1**$2**');
  return pieces.restore(text).trim();
}

export function markdownToWiki(markdown: string): string {
  const pieces = new Pieces();
  const text = markdown
    .replace(/\r\n/g, '\n')
    .replace(/^```([\w+#.-]*)[^\n]*\n([\s\S]*?)\n?^```[ \t]*$/gm, (_, language: string, code: string) =>
      pieces.keep(`{code${language === '' ? '' : `:${language}`}}\n${code}\n{code}`),
    )
    .replace(/`([^`\n]+)`/g, (_, code: string) => pieces.keep(`{{${code.replace(/[{}]/g, String.raw`\$&`)}}}`))
    .replace(/\[([^\]\n]+)\]\(([^)\s]+)\)/g, (_, words: string, url: string) => pieces.keep(`[${words}|${url}]`))
    .replace(/\*\*(\S(?:[^*\n]*\S)?)\*\*/g, (_, words: string) => `${pieces.keep('*')}${words}${pieces.keep('*')}`)
    .replace(
      new RegExp(`${OPENS}\\*(\\S(?:[^*\\n]*\\S)?)\\*${CLOSES}`, 'gm'),
      (_, before: string, words: string) => `${before}${pieces.keep('_')}${words}${pieces.keep('_')}`,
    )
    .split('\n')
    .map((line) => lineToWiki(line, pieces))
    .join('\n');
  return pieces.restore(text);
}

function lineToMarkdown(line: string): string {
  const heading = /^h([1-6])\.\s+(.*)$/.exec(line);
  if (heading !== null) return `${'#'.repeat(Number(heading[1]))} ${emphasis(heading[2] ?? '')}`;
  const quote = /^bq\.\s+(.*)$/.exec(line);
  if (quote !== null) return `> ${emphasis(quote[1] ?? '')}`;
  const item = /^([*#-]+)\s+(.*)$/.exec(line);
  if (item === null || /^-{4,}$/.test(line)) return emphasis(line);
  const marks = item[1] ?? '';
  return `${'  '.repeat(marks.length - 1)}${marks.endsWith('#') ? '1.' : '-'} ${emphasis(item[2] ?? '')}`;
}

/** Marks where bold text begins and ends, so that the stars of lists and of Markdown's italics are not taken for it. */
function emphasis(line: string): string {
  return line.replace(new RegExp(`${OPENS}\\*(\\S(?:[^*]*\\S)?)\\*${CLOSES}`, 'g'), `$1${ASIDE}b$2${ASIDE}b`);
}

function lineToWiki(line: string, pieces: Pieces): string {
  const heading = /^(#{1,6})\s+(.*)$/.exec(line);
  if (heading !== null) return `${pieces.keep(`h${(heading[1] ?? '').length}.`)} ${escape(heading[2] ?? '', pieces)}`;
  const quote = /^>\s?(.*)$/.exec(line);
  if (quote !== null) return `${pieces.keep('bq.')} ${escape(quote[1] ?? '', pieces)}`;
  const item = /^(\s*)([-*+]|\d+[.)])\s+(.*)$/.exec(line);
  if (item === null) return escape(line, pieces);
  const depth = 1 + Math.floor((item[1] ?? '').length / 2);
  const mark = /\d/.test(item[2] ?? '') ? '#' : '*';
  return `${pieces.keep(mark.repeat(depth))} ${escape(item[3] ?? '', pieces)}`;
}

/** Keeps Jira from taking plain text for markup. */
function escape(text: string, pieces: Pieces): string {
  return text
    .replace(/[{[\]}]/g, (character) => pieces.keep(`\\${character}`))
    .replace(
      /(^|[\s(])([*_+^~-])(?=\S)/g,
      (_, before: string, character: string) => `${before}${pieces.keep(`\\${character}`)}`,
    );
}

function unescape(text: string): string {
  return text.replace(/\\([{}[\]*_+^~\-!|#?])/g, '$1');
}

/** `{code:title=x|java}` and `{code:java}` name a language. */
function languageOf(options: string | undefined): string {
  return options?.split('|').find((each) => !each.includes('=')) ?? '';
}

/** Pieces of a text that later steps must not touch. */
class Pieces {
  readonly #kept: string[] = [];

  keep(piece: string): string {
    this.#kept.push(piece);
    return `${ASIDE}${this.#kept.length - 1}${ASIDE}`;
  }

  restore(text: string): string {
    const pattern = new RegExp(`${ASIDE}(\\d+)${ASIDE}`, 'g');
    let restored = text;
    // A piece can hold pieces (code in a link's words).
    while (pattern.test(restored)) {
      pattern.lastIndex = 0;
      restored = restored.replace(pattern, (_, index: string) => this.#kept[Number(index)] ?? '');
    }
    return restored;
  }
}
