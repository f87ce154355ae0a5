/**
 * A pull request of the local host as it is stored, and pure changes of it. Each change returns the same record when
 * there is nothing to do, which is how adoption shows.
 */
import { z } from 'zod';
import { checksReportSchema } from '../../domain/pull-request.js';
import type { ReviewThread } from '../../domain/pull-request.js';
import type { ReviewComment } from '../source-host.js';

const replySchema = z.strictObject({
  id: z.string(),
  author: z.string(),
  body: z.string(),
  at: z.string(),
  marker: z.string().optional(),
});

const threadSchema = z.strictObject({
  id: z.string(),
  author: z.string(),
  file: z.string(),
  line: z.number().int().nonnegative(),
  body: z.string(),
  headSha: z.string(),
  resolved: z.boolean(),
  at: z.string(),
  marker: z.string().optional(),
  replies: z.array(replySchema),
});

const reviewSchema = z.strictObject({
  id: z.string(),
  author: z.string(),
  headSha: z.string(),
  verdict: z.enum(['approve', 'request_changes', 'comment']),
  body: z.string(),
  at: z.string(),
  marker: z.string(),
});

export const pullRequestRecordSchema = z.strictObject({
  schemaVersion: z.literal(1),
  number: z.number().int().positive(),
  /** Marker of the call that opened it. */
  marker: z.string(),
  state: z.enum(['open', 'merged', 'closed']),
  branch: z.string(),
  baseBranch: z.string(),
  /** Head of the base branch when it was opened: tells a merge by hand from a branch that never had commits. */
  openedOnBaseSha: z.string(),
  /** Head as last seen; the truth is the branch in the repository. */
  headSha: z.string(),
  mergeSha: z.string().optional(),
  title: z.string(),
  body: z.string(),
  openedAt: z.string(),
  reviews: z.array(reviewSchema),
  threads: z.array(threadSchema),
  /** At most one per head SHA. */
  checks: z.array(checksReportSchema),
});

export type PullRequestRecord = z.infer<typeof pullRequestRecordSchema>;
export type StoredThread = z.infer<typeof threadSchema>;

/** Who writes what, and when. */
export interface Authorship {
  readonly author: string;
  readonly at: string;
}

export interface NewReview {
  readonly headSha: string;
  readonly verdict: 'approve' | 'request_changes' | 'comment';
  readonly body: string;
  readonly comments: readonly ReviewComment[];
}

/** The review of this head under this marker; undefined when there is none. */
export function findReview(record: PullRequestRecord, headSha: string, marker: string) {
  return record.reviews.find((review) => review.headSha === headSha && review.marker === marker);
}

/** Adds a review with one thread per comment; a comment whose marker has a thread already is not made again. */
export function addReview(
  record: PullRequestRecord,
  review: NewReview,
  marker: string,
  by: Authorship,
): PullRequestRecord {
  if (findReview(record, review.headSha, marker) !== undefined) return record;
  const { headSha, verdict, body, comments } = review;
  const withReview = {
    ...record,
    reviews: [...record.reviews, { id: `review-${record.reviews.length + 1}`, headSha, verdict, body, marker, ...by }],
  };
  return comments.reduce((all, comment) => addThread(all, { ...comment, headSha }, by), withReview);
}

/** Adds a thread, unless its marker is there. */
export function addThread(
  record: PullRequestRecord,
  thread: {
    readonly file: string;
    readonly line: number;
    readonly body: string;
    readonly headSha: string;
    readonly marker?: string;
  },
  by: Authorship,
): PullRequestRecord {
  if (thread.marker !== undefined && record.threads.some((each) => each.marker === thread.marker)) return record;
  const id = `thread-${record.threads.length + 1}`;
  return { ...record, threads: [...record.threads, { id, ...thread, ...by, resolved: false, replies: [] }] };
}

/** Adds a reply, unless its marker is in the thread, and resolves the thread when asked to. */
export function addReply(
  record: PullRequestRecord,
  reply: { readonly threadId: string; readonly body: string; readonly resolve: boolean },
  marker: string,
  by: Authorship,
): PullRequestRecord {
  const thread = record.threads.find((each) => each.id === reply.threadId);
  // A person may have opened the thread again since: an adopted reply does not resolve it a second time.
  if (thread === undefined || thread.replies.some((each) => each.marker === marker)) return record;
  const id = `${thread.id}-reply-${thread.replies.length + 1}`;
  const answered = {
    ...thread,
    resolved: thread.resolved || reply.resolve,
    replies: [...thread.replies, { id, body: reply.body, marker, ...by }],
  };
  return { ...record, threads: record.threads.map((each) => (each === thread ? answered : each)) };
}

/** A stored thread in the words of the port. */
export function toReviewThread({ id, author, file, line, body, resolved, replies }: StoredThread): ReviewThread {
  return {
    id,
    author,
    file,
    line,
    body,
    resolved,
    replies: replies.map((reply) => ({ author: reply.author, body: reply.body })),
  };
}
