/**
 * A panel's discussion as a LangGraph graph: all open at once, then each judges the others' claims and answers for its own, turn
 * after turn, until nobody changes a vote or the turns are used up. Who is right is counted in code (consensus.ts).
 *
 *   START -> open (one per panelist, parallel) -> table -> judge (one per panelist, parallel) -> count -> judge | END
 *
 * No checkpointer: the activity around it is the durable unit, and its result is what history keeps.
 */
import { setMaxListeners } from 'node:events';
import { Command, END, ReducedValue, Send, START, StateGraph, StateSchema } from '@langchain/langgraph';
import { z } from 'zod';
import { tableClaims } from './claim-table.js';
import type { Opened } from './claim-table.js';
import type { Disputed, Opening, ReviewPanelist, SpokenVote, TabledClaim } from './panelist.js';
import type { ReviewMaterial } from './review-material.js';

export interface DiscussionOptions {
  /** Turns of judging at most. */
  readonly maxTurns: number;
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
}

export interface Discussion {
  readonly openings: ReadonlyMap<string, Opening>;
  readonly claims: readonly TabledClaim[];
  /** The last vote of each panelist on each claim that it was asked about, in the order of claims and panelists. */
  readonly votes: readonly SpokenVote[];
  /** Turns of judging that were taken. */
  readonly turns: number;
  /** False when votes still changed in the last turn. */
  readonly settled: boolean;
}

/** All that was said in one turn by one panelist. */
interface Judged {
  readonly turn: number;
  readonly votes: readonly SpokenVote[];
}

/** A field that parallel nodes add to. */
const list = <T>() =>
  new ReducedValue(
    z.custom<readonly T[]>().default(() => []),
    {
      inputSchema: z.custom<readonly T[]>(),
      reducer: (left: readonly T[], right: readonly T[]) => [...left, ...right],
    },
  );

const State = new StateSchema({
  turn: z.number().default(0),
  settled: z.boolean().default(false),
  claims: z.custom<readonly TabledClaim[]>().default(() => []),
  opened: list<Opened>(),
  judged: list<Judged>(),
});

/** What a node for one panelist is sent: it sees this instead of the state. */
/** Panelists that look at once. LangGraph listens on a signal of its own for each, and Node warns of a leak from eleven on. */
const AT_ONCE = 8;

interface Turn {
  readonly panelist: ReviewPanelist;
  readonly turn: number;
  readonly disputed: readonly Disputed[];
}

export async function discuss(
  panelists: readonly ReviewPanelist[],
  material: ReviewMaterial,
  { signal: given, onProgress, maxTurns }: DiscussionOptions,
): Promise<Discussion> {
  const signal = ownSignal(given);
  const sendAll = (node: 'open' | 'judge', turn: number, claims: readonly TabledClaim[], said: readonly SpokenVote[]) =>
    panelists.map(
      (panelist) =>
        new Send(node, { panelist, turn, disputed: disputedFor(panelist.name, claims, said) } satisfies Turn),
    );

  const graph = new StateGraph(State)
    .addNode('open', async (input) => {
      const { panelist } = input as unknown as Turn;
      onProgress(`${panelist.name} looks`);
      return { opened: [{ name: panelist.name, kind: panelist.kind, opening: await panelist.open(material, signal) }] };
    })
    .addNode(
      'table',
      ({ opened }) => {
        const claims = tableClaims(opened, material);
        const isOver = maxTurns === 0 || panelists.length < 2 || claims.length === 0;
        return isOver
          ? new Command({ update: { claims, settled: true }, goto: END })
          : new Command({ update: { claims, turn: 1 }, goto: sendAll('judge', 1, claims, []) });
      },
      { ends: ['judge', END] },
    )
    .addNode('judge', async (input) => {
      const { panelist, turn, disputed } = input as unknown as Turn;
      const votes = disputed.length === 0 ? [] : await panelist.judge(material, disputed, signal);
      const asked = new Set(disputed.map(({ claim }) => claim.id));
      // A vote on what nobody asked about is no vote, and the last word on a claim is the one that counts.
      const byClaim = new Map(votes.filter(({ claimId }) => asked.has(claimId)).map((vote) => [vote.claimId, vote]));
      return { judged: [{ turn, votes: [...byClaim.values()].map((vote) => ({ ...vote, by: panelist.name })) }] };
    })
    .addNode(
      'count',
      ({ turn, claims, judged }) => {
        onProgress(`turn ${String(turn)} of the discussion, ${String(claims.length)} claims`);
        const said = lastVotes(judged);
        const settled = ballotOf(said) === ballotOf(lastVotes(judged.filter((each: Judged) => each.turn < turn)));
        return settled || turn >= maxTurns
          ? new Command({ update: { settled }, goto: END })
          : new Command({ update: { turn: turn + 1 }, goto: sendAll('judge', turn + 1, claims, said) });
      },
      { ends: ['judge', END] },
    )
    .addConditionalEdges(START, () => sendAll('open', 0, [], []), ['open'])
    .addEdge('open', 'table')
    .addEdge('judge', 'count')
    .compile();

  // The bound on turns is `count`; the limit only ends a graph that was changed wrongly.
  const state = await graph.invoke({}, { signal, maxConcurrency: AT_ONCE, recursionLimit: 2 * maxTurns + 10 });
  return {
    openings: new Map(state.opened.map(({ name, opening }) => [name, opening])),
    claims: state.claims,
    votes: lastVotes(state.judged),
    turns: state.turn,
    settled: state.settled,
  };
}

/** Every panelist that runs a program listens, and LangGraph leaves a listener per step: on this one, which goes with the discussion. */
function ownSignal(signal: AbortSignal): AbortSignal {
  const own = AbortSignal.any([signal]);
  setMaxListeners(0, own);
  return own;
}

/** The claims of others, and the own ones that somebody refutes. */
function disputedFor(name: string, claims: readonly TabledClaim[], said: readonly SpokenVote[]): readonly Disputed[] {
  return claims.flatMap((claim) => {
    const about = said.filter((vote) => vote.claimId === claim.id);
    const isOwn = claim.reportedBy.includes(name);
    return isOwn && !about.some((vote) => vote.vote === 'refute') ? [] : [{ claim, isOwn, said: about }];
  });
}

function lastVotes(judged: readonly Judged[]): readonly SpokenVote[] {
  const last = new Map<string, SpokenVote>();
  for (const { votes } of [...judged].sort((a, b) => a.turn - b.turn))
    for (const vote of votes) last.set(`${vote.claimId} ${vote.by}`, vote);
  return [...last].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, vote]) => vote);
}

/** Who voted how, in a form that can be compared: a new reason alone is no change. */
function ballotOf(votes: readonly SpokenVote[]): string {
  return votes.map(({ claimId, by, vote }) => `${claimId} ${by} ${vote}`).join('\n');
}
