/**
 * Which pull request or branch a webhook of GitHub speaks of. Read from it are names and numbers, never what became of a check
 * or a review: a story asks GitHub for that itself.
 */
import { z } from 'zod';
import type { OutsideChange } from '../../domain/outside-change.js';
import type { WebhookSource } from '../../webhooks/webhook-source.js';

/** Events, each with the actions that a story could wait for; undefined where an event has none. */
const ACTIONS: Readonly<Record<string, readonly string[] | undefined>> = {
  check_run: ['completed'],
  check_suite: ['completed'],
  status: undefined,
  pull_request: [
    ...['synchronize', 'closed', 'reopened', 'edited', 'ready_for_review', 'converted_to_draft'],
    ...['enqueued', 'dequeued'],
  ],
  pull_request_review: ['submitted', 'edited', 'dismissed'],
  pull_request_review_comment: ['created', 'edited', 'deleted'],
  pull_request_review_thread: ['resolved', 'unresolved'],
  issue_comment: ['created', 'edited', 'deleted'],
  push: undefined,
  merge_group: ['checks_requested', 'destroyed'],
};

const pullsSchema = z.array(z.object({ number: z.number() })).optional();
const suiteSchema = z.object({ head_branch: z.string().nullish(), pull_requests: pullsSchema });
const payloadSchema = z.object({
  action: z.string().optional(),
  repository: z.object({ full_name: z.string() }),
  check_run: z.object({ pull_requests: pullsSchema, check_suite: suiteSchema }).optional(),
  check_suite: suiteSchema.optional(),
  branches: z.array(z.object({ name: z.string() })).optional(),
  /** Of a push. */
  ref: z.string().optional(),
  pull_request: z.object({ number: z.number(), head: z.object({ ref: z.string() }) }).optional(),
  issue: z.object({ number: z.number(), pull_request: z.unknown().optional() }).optional(),
  merge_group: z.object({ head_ref: z.string() }).optional(),
});

export function githubWebhooks(repository: { owner: string; repo: string }, secret: string): WebhookSource {
  return {
    name: 'github',
    signatureHeader: 'x-hub-signature-256',
    secret,
    changeOf: (payload, header) => changeOf(repository, header('x-github-event'), payload),
  };
}

function changeOf(
  { owner, repo }: { owner: string; repo: string },
  event: string,
  payload: unknown,
): OutsideChange | undefined {
  const parsed = payloadSchema.safeParse(payload);
  if (!Object.hasOwn(ACTIONS, event) || !parsed.success) return undefined;
  const { action, repository, check_run: run, check_suite: suite, branches = [], ref, ...rest } = parsed.data;
  // GitHub's names are the same in upper and lower case.
  if (repository.full_name.toLowerCase() !== `${owner}/${repo}`.toLowerCase()) return undefined;
  const actions = ACTIONS[event];
  if (actions !== undefined && !actions.includes(action ?? '')) return undefined;
  const { pull_request: pull, issue, merge_group: group } = rest;
  const pulls = [run?.pull_requests, run?.check_suite.pull_requests, suite?.pull_requests].flatMap(
    (list) => list ?? [],
  );
  const queued = /\/pr-(\d+)-[0-9a-f]+$/.exec(group?.head_ref ?? '')?.[1];
  const named = {
    branches: [
      run?.check_suite.head_branch,
      suite?.head_branch,
      pull?.head.ref,
      ref?.replace(/^refs\/heads\//, ''),
      ...branches.map(({ name }) => name),
    ].filter((name) => typeof name === 'string'),
    pullRequests: [
      ...pulls.map(({ number }) => number),
      ...(pull === undefined ? [] : [pull.number]),
      ...(issue?.pull_request === undefined ? [] : [issue.number]),
      ...(queued === undefined ? [] : [Number(queued)]),
    ],
  };
  if (named.branches.length === 0 && named.pullRequests.length === 0) return undefined;
  return { what: actions === undefined ? event : `${event} ${action ?? ''}`, keys: [], ...named };
}
