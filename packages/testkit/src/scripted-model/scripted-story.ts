/**
 * Turns lists of file edits into what a model would say to have an engine make them: one tool call per edit, then a
 * closing sentence. A story's recorded session can so be made by a real engine.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Scenario, ScriptedReply, ToolCall } from './scenario.js';

export type StoryEdit =
  | { readonly op: 'write'; readonly file: string; readonly content: string }
  | { readonly op: 'replace'; readonly file: string; readonly before: string; readonly after: string }
  | { readonly op: 'delete'; readonly file: string };

export interface StoryRound {
  /** Kind of the engine's turn: `implement`, `fix-findings`, ... */
  readonly kind: string;
  readonly round: number;
  readonly edits: readonly StoryEdit[];
  readonly say?: string;
}

/** How an engine's own tools are called for an edit. */
export type ToolDialect = (edit: StoryEdit) => ToolCall;

/** The tools of Goose's `developer` extension; paths are relative to the worktree. */
export const gooseTools: ToolDialect = (edit) => {
  switch (edit.op) {
    case 'write':
      return { tool: 'write', arguments: { path: edit.file, content: edit.content } };
    case 'replace':
      return { tool: 'edit', arguments: { path: edit.file, before: edit.before, after: edit.after } };
    case 'delete':
      return { tool: 'shell', arguments: { command: `rm -- '${edit.file.replaceAll("'", `'\\''`)}'` } };
    default:
      throw new Error(`unknown edit ${String(edit satisfies never)}`);
  }
};

/**
 * A scenario in which each round's edits are made in the turn whose prompt begins with "Task: KIND, round N,".
 *
 * @example
 * const model = await ScriptedModelServer.start([scriptedStory({ model: 'scripted', rounds })]);
 */
export function scriptedStory(options: {
  readonly model: string;
  readonly rounds: readonly StoryRound[];
  /** Default: Goose's tools. */
  readonly tools?: ToolDialect;
  /** Before each reply, as a model that thinks. Default 0. */
  readonly thinkMs?: number;
}): Scenario {
  const { model, rounds, tools = gooseTools, thinkMs = 0 } = options;
  const thinks = thinkMs === 0 ? {} : { fault: { delayHeadersMs: thinkMs } };
  return {
    model,
    turns: rounds.map(({ kind, round, edits, say = 'Done.' }) => ({
      match: new RegExp(`(^|\\n)Task: ${kind}, round ${String(round)}, `),
      replies: [...edits.map((edit): ScriptedReply => ({ calls: [tools(edit)], ...thinks })), { say, ...thinks }],
    })),
  };
}

/** The rounds of a recorded session (`recording.json` in a folder), with the contents of its files in place. */
export function readRecordedRounds(folder: string): readonly StoryRound[] {
  type Edit = StoryEdit | { readonly op: 'write'; readonly file: string; readonly contentFile: string };
  const recording = JSON.parse(readFileSync(join(folder, 'recording.json'), 'utf8')) as {
    readonly rounds: readonly (Omit<StoryRound, 'edits'> & { readonly edits: readonly Edit[] })[];
  };
  return recording.rounds.map((round) => ({
    ...round,
    edits: round.edits.map((edit): StoryEdit => {
      if (!('contentFile' in edit)) return edit;
      return { op: 'write', file: edit.file, content: readFileSync(join(folder, edit.contentFile), 'utf8') };
    }),
  }));
}
