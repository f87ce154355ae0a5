/**
 * The merge queue of a base branch: puts exactly one head into it, once, and tells how far it is. GitHub merges it by itself or takes it
 * out again, and says why.
 *
 *   no queue, or merged or closed already     undefined: the merge knows
 *   not added since those that we know of     added, bound to the head
 *   in it                                     its place and state
 *   added, and taken out again                MERGE_DEQUEUED with GitHub's reason
 *   neither                                   on its way into the base branch: asked again
 */
import { z } from 'zod';
import { VishkarError } from '../../errors.js';
import type { QueuedMerge, QueueRequest } from '../source-host.js';
import type { GithubClient } from './github-client.js';
import { GithubError } from './github-errors.js';
import { notReady } from './head-errors.js';
import type { Pull, PullRequests } from './pull-requests.js';

const entrySchema = z.object({
  position: z.number(),
  state: z.string(),
  headCommit: z.object({ oid: z.string() }).nullable(),
});
const queueSchema = z.object({
  repository: z.object({
    pullRequest: z.object({
      isMergeQueueEnabled: z.boolean(),
      mergeQueueEntry: entrySchema.nullable(),
      added: z.object({ filteredCount: z.number() }),
      removed: z.object({
        filteredCount: z.number(),
        nodes: z.array(
          z.object({ reason: z.string().nullish(), actor: z.object({ login: z.string() }).nullish() }).nullable(),
        ),
      }),
    }),
  }),
});
const enqueuedSchema = z.object({ enqueuePullRequest: z.object({ mergeQueueEntry: entrySchema.nullable() }) });

const QUEUE = `query mergeQueue($owner: String!, $repo: String!, $number: Int!) {
  repository(owner: $owner, name: $repo) {
    pullRequest(number: $number) {
      isMergeQueueEnabled
      mergeQueueEntry { position state headCommit { oid } }
      added: timelineItems(last: 1, itemTypes: [ADDED_TO_MERGE_QUEUE_EVENT]) { filteredCount }
      removed: timelineItems(last: 1, itemTypes: [REMOVED_FROM_MERGE_QUEUE_EVENT]) {
        filteredCount
        nodes { ... on RemovedFromMergeQueueEvent { reason actor { login } } }
      }
    }
  }
}`;
const ENQUEUE = `mutation enqueue($id: ID!, $headSha: GitObjectID!) {
  enqueuePullRequest(input: { pullRequestId: $id, expectedHeadOid: $headSha }) {
    mergeQueueEntry { position state headCommit { oid } }
  }
}`;

export class MergeQueue {
  readonly #client: GithubClient;
  readonly #pulls: PullRequests;

  constructor(client: GithubClient, pulls: PullRequests) {
    this.#client = client;
    this.#pulls = pulls;
  }

  async follow(request: QueueRequest): Promise<QueuedMerge | undefined> {
    const pull = await this.#pulls.get(request.number);
    if (pull.state === 'closed') return undefined;
    const queue = await this.#read(request.number);
    if (queue?.isMergeQueueEnabled !== true && queue?.mergeQueueEntry == null) return undefined;
    await this.#pulls.requireHead(pull, request.headSha);
    const additions = queue.added.filteredCount;
    if (queue.mergeQueueEntry !== null) return toQueued(queue.mergeQueueEntry, additions);
    if (additions <= request.additionsSeen) return await this.#add(pull, request, additions + 1);
    const [removal] = queue.removed.nodes;
    // The entry goes a moment before the merge comes.
    if (queue.removed.filteredCount < additions || removal?.reason === 'merged')
      throw notReady(`pull request #${String(pull.number)} has left the merge queue, and is not merged yet.`);
    throw dequeued(pull, removal?.reason ?? 'no reason given', removal?.actor?.login, additions);
  }

  /** Undefined where the server is too old to have any. */
  async #read(number: number) {
    try {
      return (await this.#client.graphql(QUEUE, queueSchema, { number })).repository.pullRequest;
    } catch (error) {
      if (error instanceof GithubError && /doesn't exist on type/i.test(error.words)) return undefined;
      throw error;
    }
  }

  async #add(pull: Pull, { headSha }: QueueRequest, additions: number): Promise<QueuedMerge> {
    await this.#pulls.makeReady(pull);
    try {
      const { enqueuePullRequest } = await this.#client.graphql(ENQUEUE, enqueuedSchema, { id: pull.node_id, headSha });
      return toQueued(enqueuePullRequest.mergeQueueEntry, additions);
    } catch (error) {
      if (!(error instanceof GithubError) || error.retryable || error.status !== 422) throw error;
      // Somebody may have added it, or pushed, while we asked.
      const entry = (await this.#read(pull.number))?.mergeQueueEntry;
      if (entry != null) return toQueued(entry, additions);
      await this.#pulls.requireHead(await this.#pulls.get(pull.number), headSha);
      throw new VishkarError(
        'MERGE_BLOCKED',
        `GitHub does not take #${String(pull.number)} into its merge queue: ${error.words}`,
        {
          hint: `Give what the rules of ${pull.base.ref} ask for, then answer "retry".`,
        },
      );
    }
  }
}

function toQueued(entry: z.infer<typeof entrySchema> | null, additions: number): QueuedMerge {
  const { position = 0, state = 'QUEUED', headCommit } = entry ?? {};
  return {
    additions,
    position,
    state: state.toLowerCase().replaceAll('_', ' '),
    ...(headCommit == null ? {} : { groupSha: headCommit.oid }),
  };
}

function dequeued(pull: Pull, reason: string, actor: string | undefined, additionsSeen: number): VishkarError {
  const words = reason.replaceAll('_', ' ');
  const by = actor === undefined ? '' : ` (${actor})`;
  return new VishkarError(
    'MERGE_DEQUEUED',
    `GitHub took #${String(pull.number)} out of the merge queue of ${pull.base.ref}: ${words}${by}.`,
    {
      hint: 'Mend what it names; "retry" puts it into the queue once more.',
      details: { additionsSeen, isByChecks: /^(?:failed_checks|ci_failure)$/i.test(reason) },
    },
  );
}
