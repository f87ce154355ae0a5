/**
 * What Vishkar asks of a Jira MCP server, apart from what a server calls it: a dialect says, per operation, which tools can
 * do it, how their arguments are built and how their result is read. Servers rename tools and arguments between versions,
 * so an operation names its candidates, best first, and the first that the connected server offers is used.
 */

/** An issue as every dialect reads it; texts are Markdown. */
export interface JiraIssue {
  readonly key: string;
  readonly summary: string;
  readonly description: string;
  /** Text of the configured field of acceptance criteria. */
  readonly criteria?: string | undefined;
  readonly status: { readonly name: string; readonly category?: string | undefined };
  readonly resolution?: string | undefined;
  readonly priority?: string | undefined;
  readonly assignee?: string | undefined;
  readonly url?: string | undefined;
  readonly links: readonly IssueLink[];
}

export interface IssueLink {
  /** Name of the link's type, such as `Blocks`. */
  readonly type: string;
  /** `inward`: the other issue does it to this one (this one is blocked by it). */
  readonly direction: 'inward' | 'outward';
  readonly key: string;
  /** Whether the other issue is in a status of the category "done". */
  readonly isDone: boolean;
}

/** A comment or a worklog entry. */
export interface IssueEntry {
  readonly id: string;
  readonly body: string;
  readonly author?: IssueAuthor | undefined;
  /** As Jira writes times. */
  readonly created?: string | undefined;
}

export interface IssueAuthor {
  readonly name: string;
  /** True of an app's account, where the server tells. */
  readonly isApp: boolean;
}

/** Oldest first. */
export interface IssueEntries {
  readonly entries: readonly IssueEntry[];
  /** False when the server may have left some out. */
  readonly isComplete: boolean;
  /** Which ones it leaves out. */
  readonly leavesOut: 'oldest' | 'newest';
}

export interface JiraTransition {
  readonly id: string;
  readonly name: string;
  /** The status it leads to; undefined where the server does not tell. */
  readonly to?: string | undefined;
}

/** Input and output of every operation. */
export interface JiraOperations {
  search: {
    input: { jql: string; fields: readonly string[]; limit: number; cursor?: string | undefined };
    output: { issues: readonly JiraIssue[]; next?: string | undefined };
  };
  issue: { input: { key: string; fields: readonly string[] }; output: JiraIssue };
  transitions: { input: { key: string }; output: readonly JiraTransition[] };
  transition: {
    input: { key: string; id: string; fields?: Readonly<Record<string, unknown>> | undefined };
    output: undefined;
  };
  comments: { input: { key: string }; output: IssueEntries };
  addComment: { input: { key: string; body: string }; output: { id: string } };
  worklogs: { input: { key: string }; output: IssueEntries };
  addWorklog: {
    input: { key: string; seconds: number; comment: string; startedAt: string };
    output: { id: string };
  };
  create: {
    input: {
      project: string;
      type: string;
      summary: string;
      description: string;
      fields: Readonly<Record<string, unknown>>;
    };
    output: { key: string };
  };
  /** Jira takes a link that is there already without a second one. */
  link: { input: { type: string; blocker: string; blocked: string }; output: undefined };
  page: { input: { id: string }; output: { title: string; body: string } };
  updatePage: { input: { id: string; title: string; body: string }; output: undefined };
}

export type OperationName = keyof JiraOperations;
export type InputOf<N extends OperationName> = JiraOperations[N]['input'];
export type OutputOf<N extends OperationName> = JiraOperations[N]['output'];

/** One tool that can do an operation. */
export interface ToolCandidate<Input> {
  readonly tool: string;
  /** Names of the arguments that `build` may give: all have to be in the tool's input schema. */
  readonly uses: readonly string[];
  readonly build: (input: Input) => Readonly<Record<string, unknown>>;
}

export interface Operation<Input, Output> {
  readonly candidates: readonly ToolCandidate<Input>[];
  /** Reads the parsed result; a ZodError means that it is not what was expected. */
  readonly read: (result: unknown, input: Input) => Output;
  /** True when Vishkar works without it: its tool is only missed when it is used. */
  readonly isOptional?: boolean;
}

export interface JiraDialect {
  readonly name: string;
  readonly operations: { readonly [N in OperationName]: Operation<InputOf<N>, OutputOf<N>> };
  /** Whether a search gives texts as good as those of a single issue; else each found issue is read by itself. */
  readonly searchGivesTexts: boolean;
}
