/**
 * The operations of a dialect on a connected server. On the first call the server's tools are held against the dialect, so
 * that a tool that is missing, or whose arguments changed, is named at once and not in the middle of a story.
 */
import { z } from 'zod';
import { VishkarError } from '../../errors.js';
import type { InputOf, JiraDialect, Operation, OperationName, OutputOf, ToolCandidate } from './dialect.js';
import { unreadableAnswer } from './jira-errors.js';
import type { McpSession, OfferedTool } from './mcp-session.js';

export class JiraClient {
  readonly dialect: JiraDialect;
  readonly #session: McpSession;
  #isProbed = false;

  constructor(session: McpSession, dialect: JiraDialect) {
    this.#session = session;
    this.dialect = dialect;
  }

  /** Throws the errors of `jira-errors.ts`, `TRACKER_TOOL_MISSING` and `TRACKER_TOOL_CHANGED`. */
  async do<N extends OperationName>(name: N, input: InputOf<N>): Promise<OutputOf<N>> {
    const tools = await this.#session.tools();
    if (!this.#isProbed) this.#probe(tools);
    const operation = this.#operation(name);
    const candidate = this.#choose(name, operation.candidates, tools);
    const result = await this.#session.call(candidate.tool, withoutUndefined(candidate.build(input)));
    try {
      return operation.read(result, input);
    } catch (cause) {
      if (!(cause instanceof z.ZodError)) throw cause;
      const [issue] = cause.issues;
      throw unreadableAnswer(candidate.tool, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'unknown'}`, cause);
    }
  }

  async close(): Promise<void> {
    await this.#session.close();
  }

  #probe(tools: ReadonlyMap<string, OfferedTool>): void {
    for (const name of Object.keys(this.dialect.operations) as OperationName[]) {
      const operation = this.#operation(name);
      if (operation.isOptional !== true) this.#choose(name, operation.candidates, tools);
    }
    this.#isProbed = true;
  }

  /** The table's entry; its type follows from the name, which TypeScript can't see through the union. */
  #operation<N extends OperationName>(name: N): Operation<InputOf<N>, OutputOf<N>> {
    return this.dialect.operations[name];
  }

  #choose<Input>(
    name: OperationName,
    candidates: readonly ToolCandidate<Input>[],
    tools: ReadonlyMap<string, OfferedTool>,
  ): ToolCandidate<Input> {
    const complaints: string[] = [];
    for (const candidate of candidates) {
      const tool = tools.get(candidate.tool);
      if (tool === undefined) continue;
      const unknown = candidate.uses.filter((argument) => !tool.properties.includes(argument));
      const demanded = tool.required.filter((argument) => !candidate.uses.includes(argument));
      if (unknown.length === 0 && demanded.length === 0) return candidate;
      if (unknown.length > 0) complaints.push(`${candidate.tool} no longer takes ${unknown.join(', ')}`);
      if (demanded.length > 0) complaints.push(`${candidate.tool} now demands ${demanded.join(', ')}`);
    }
    if (complaints.length > 0)
      throw new VishkarError('TRACKER_TOOL_CHANGED', `To ${wordsOf(name)}: ${complaints.join('; ')}.`, {
        hint: 'Use a version of the server that docs/jira.md names.',
      });
    const wanted = [...new Set(candidates.map(({ tool }) => tool))].join(' or ');
    throw new VishkarError('TRACKER_TOOL_MISSING', `The server offers no tool to ${wordsOf(name)}: ${wanted}.`, {
      hint:
        tools.size === 0
          ? 'It offers no tools at all: it lacks its settings (JIRA_URL, JIRA_USERNAME, JIRA_API_TOKEN) or the token its scopes.'
          : `It offers ${String(tools.size)} others: see whether it is set read-only, filters its tools, or the token lacks a scope.`,
    });
  }
}

const WORDS: Readonly<Record<OperationName, string>> = {
  search: 'search issues',
  issue: 'read an issue',
  transitions: 'list the transitions of an issue',
  transition: 'move an issue',
  comments: 'read comments',
  addComment: 'write a comment',
  worklogs: 'read worklogs',
  addWorklog: 'log work',
  create: 'create an issue',
  link: 'link issues',
  page: 'read a page',
  updatePage: 'change a page',
};

function wordsOf(name: OperationName): string {
  return WORDS[name];
}

function withoutUndefined(args: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined));
}
