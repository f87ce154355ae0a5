/**
 * Atlassian's document format as the stand-in for Jira Cloud needs it: what Jira refuses, and how REST v2 shows a document
 * (as wiki markup).
 */
interface AdfNode {
  readonly type: string;
  readonly text?: string;
  readonly attrs?: Readonly<Record<string, unknown>>;
  readonly marks?: readonly { readonly type: string; readonly attrs?: Readonly<Record<string, unknown>> }[];
  readonly content?: readonly AdfNode[];
}

const BLOCKS = ['paragraph', 'heading', 'bulletList', 'orderedList', 'codeBlock', 'blockquote', 'rule', 'taskList'];
const CHILDREN: Readonly<Record<string, readonly string[]>> = {
  doc: BLOCKS,
  paragraph: ['text', 'hardBreak', 'mention'],
  heading: ['text', 'hardBreak', 'mention'],
  bulletList: ['listItem'],
  orderedList: ['listItem'],
  listItem: ['paragraph', 'bulletList', 'orderedList', 'codeBlock'],
  taskList: ['taskItem'],
  taskItem: ['text', 'hardBreak'],
  codeBlock: ['text'],
  blockquote: ['paragraph', 'bulletList', 'orderedList', 'codeBlock'],
  text: [],
  hardBreak: [],
  mention: [],
  rule: [],
};

/** Why Jira would answer INVALID_INPUT; undefined for a document that it takes. */
export function adfProblem(value: unknown): string | undefined {
  const document = value as AdfNode & { version?: unknown };
  if (document?.type !== 'doc' || document.version !== 1) return 'it is not a document of version 1';
  return nodeProblem(document);
}

function nodeProblem(node: AdfNode): string | undefined {
  const allowed = CHILDREN[node.type];
  if (allowed === undefined) return `a node "${node.type}" is not known`;
  if (node.type === 'text' && (node.text ?? '') === '') return 'a text node is empty';
  for (const child of node.content ?? []) {
    if (!allowed.includes(child.type)) return `"${child.type}" is not allowed in "${node.type}"`;
    const problem = nodeProblem(child);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

export function adfParagraph(text: string): unknown {
  return { type: 'doc', version: 1, content: [{ type: 'paragraph', content: [{ type: 'text', text }] }] };
}

/** What Jira Cloud gives for a document over REST v2. */
export function adfToWiki(document: unknown): string {
  return blocks((document as AdfNode | undefined)?.content ?? []);
}

function blocks(nodes: readonly AdfNode[]): string {
  return nodes.map((node) => block(node, '')).join('\n\n');
}

function block(node: AdfNode, bullets: string): string {
  const content = node.content ?? [];
  switch (node.type) {
    case 'heading':
      return `h${String(node.attrs?.['level'])}. ${inline(content)}`;
    case 'bulletList':
    case 'orderedList':
      return content.map((item) => listItem(item, bullets + (node.type === 'bulletList' ? '*' : '#'))).join('\n');
    case 'taskList':
      return content.map((item) => `* ${inline(item.content ?? [])}`).join('\n');
    case 'codeBlock':
      return `{code:${String(node.attrs?.['language'] ?? 'none')}}\n${content.map(({ text }) => text).join('')}\n{code}`;
    case 'blockquote':
      return `{quote}\n${blocks(content)}\n{quote}`;
    case 'rule':
      return '----';
    default:
      return inline(content);
  }
}

function listItem(item: AdfNode, bullets: string): string {
  const [first, ...rest] = item.content ?? [];
  return [`${bullets} ${inline(first?.content ?? [])}`, ...rest.map((node) => block(node, bullets))].join('\n');
}

function inline(nodes: readonly AdfNode[]): string {
  return nodes.map(inlineNode).join('');
}

function inlineNode({ type, text = '', marks = [], attrs }: AdfNode): string {
  if (type === 'hardBreak') return '\n';
  if (type === 'mention') return `[~accountid:${String(attrs?.['id'])}]`;
  const has = (mark: string) => marks.find((each) => each.type === mark);
  if (has('code') !== undefined) return `{{${text}}}`;
  const plain = text.replace(/[{}[\]]/g, String.raw`\$&`);
  const bold = has('strong') === undefined ? plain : `*${plain}*`;
  const italic = has('em') === undefined ? bold : `_${bold}_`;
  const link = has('link');
  return link === undefined ? italic : `[${italic}|${String(link.attrs?.['href'])}]`;
}
