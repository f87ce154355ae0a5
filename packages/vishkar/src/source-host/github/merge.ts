/**
 * Merges exactly one head. GitHub compares it with the pull request's (`sha`), so that what was pushed since is never merged;
 * a merge that is there already, by an earlier attempt or by hand, is adopted.
 *
 *   200                                    merged
 *   409, or 405 and the head is another    HEAD_MOVED; when only GitHub lags behind a push: tried again
 *   405 the base moved meanwhile           at once again, a few times
 *   405 conflict                           MERGE_CONFLICT, with the files that both sides change
 *   405 rules of the branch, method        MERGE_BLOCKED, MERGE_METHOD_REFUSED
 */
import { z } from 'zod';
import { VishkarError } from '../../errors.js';
import type { GithubClient } from './github-client.js';
import type { GithubConfig } from './github-config.js';
import { GithubError } from './github-errors.js';
import { headMoved, notReady } from './head-errors.js';
import type { Pull, PullRequests } from './pull-requests.js';

export interface MergeRequest {
  readonly number: number;
  readonly headSha: string;
  readonly message: string;
}

/** Other stories merge at the same time; each time that we lose, one of them has won. */
const ROUNDS = 5;

const mergedSchema = z.object({ sha: z.string(), merged: z.literal(true) });

export class PullRequestMerge {
  readonly #client: GithubClient;
  readonly #pulls: PullRequests;
  readonly #settings: Pick<GithubConfig, 'mergeMethod' | 'deleteBranch'>;

  constructor(client: GithubClient, pulls: PullRequests, settings: Pick<GithubConfig, 'mergeMethod' | 'deleteBranch'>) {
    this.#client = client;
    this.#pulls = pulls;
    this.#settings = settings;
  }

  async merge(
    request: MergeRequest,
    marker: string,
  ): Promise<{ readonly mergeSha: string; readonly adopted: boolean }> {
    const pull = await this.#pulls.get(request.number);
    const merged = await this.#adopt(pull, request);
    const end = merged ?? (await this.#mergeOpen(pull, request, marker));
    if (this.#settings.deleteBranch) await this.#deleteBranch(pull.head.ref, request.headSha);
    return end;
  }

  /** More than this head may have been merged by hand, but never something else. */
  async #adopt(pull: Pull, { headSha }: MergeRequest) {
    if (pull.merged_at === null || pull.merge_commit_sha === null) return undefined;
    if (!(await this.#pulls.holds(pull.head.sha, headSha))) throw headMoved(pull.head.ref, headSha, pull.head.sha);
    return { mergeSha: pull.merge_commit_sha, adopted: true };
  }

  async #mergeOpen(pull: Pull, request: MergeRequest, marker: string) {
    if (pull.state === 'closed')
      throw new VishkarError(
        'PULL_REQUEST_CLOSED',
        `Pull request #${String(pull.number)} was closed without a merge.`,
        {
          hint: 'Reopen it if the story is to be merged, or cancel the story.',
        },
      );
    await this.#pulls.requireHead(pull, request.headSha);
    await this.#pulls.makeReady(pull);
    const [title = '', ...rest] = request.message.split('\n');
    const parameters = {
      pull_number: pull.number,
      sha: request.headSha,
      merge_method: this.#settings.mergeMethod,
      commit_title: title,
      commit_message: `${rest.join('\n').trim()}\n\nVishkar-Marker: ${marker}`.trim(),
    };
    for (let round = 1; ; round += 1)
      try {
        const route = 'PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge';
        const { sha } = await this.#client.call(route, mergedSchema, parameters);
        return { mergeSha: sha, adopted: false };
      } catch (error) {
        if (!(error instanceof GithubError) || (error.status !== 405 && error.status !== 409)) throw error;
        // A person may have merged or pushed while we asked.
        const now = await this.#pulls.get(request.number);
        const adopted = await this.#adopt(now, request);
        if (adopted !== undefined) return adopted;
        await this.#pulls.requireHead(now, request.headSha);
        if (!isPassing(error) || now.mergeable_state === 'behind' || round === ROUNDS)
          throw await this.#refusal(error, now);
      }
  }

  async #refusal(error: GithubError, pull: Pull): Promise<VishkarError> {
    if (pull.mergeable_state === 'dirty' || pull.mergeable === false) return await this.#conflict(pull);
    if (
      /merge(?: commits|s)? (?:are|is) not allowed|(?:squash|rebase|merge).{0,20} not allowed on this repository/i.test(
        error.words,
      )
    )
      return new VishkarError(
        'MERGE_METHOD_REFUSED',
        `GitHub refuses "${this.#settings.mergeMethod}": ${error.words}`,
        {
          hint: 'Set "sourceHost.mergeMethod" to a method that the repository allows, restart the worker, and answer "retry".',
        },
      );
    if (pull.mergeable_state === 'behind')
      return new VishkarError(
        'MERGE_BLOCKED',
        `${pull.base.ref} went on, and its rules want #${String(pull.number)} on top of it: ${error.words}`,
        {
          hint: `Update the branch ("Update branch" on the pull request), then answer "retry": the new head is reviewed and asked about again.`,
        },
      );
    // While GitHub works out whether it can be merged, it says no.
    if (isPassing(error) || pull.mergeable === null || pull.mergeable === undefined) return notReady(error.words);
    return new VishkarError('MERGE_BLOCKED', `GitHub does not merge #${String(pull.number)} yet: ${error.words}`, {
      hint: `Give what the rules of ${pull.base.ref} ask for (an approval by another account, a check, a resolved conversation), then answer "retry".`,
    });
  }

  async #conflict(pull: Pull): Promise<VishkarError> {
    const files = await this.#pulls.changedByBoth(pull.base.ref, pull.head.sha);
    const { head, base } = pull;
    return new VishkarError(
      'MERGE_CONFLICT',
      `${head.ref} can't be merged into ${base.ref}: both change ${files.slice(0, 10).join(', ') || 'the same lines'}.`,
      { hint: `Merge ${base.ref} into the branch and resolve the conflicts, then let the story go on.` },
    );
  }

  /** The repository may do so by itself; a branch that went on since stays. */
  async #deleteBranch(branch: string, headSha: string): Promise<void> {
    if ((await this.#pulls.branchSha(branch)) !== headSha) return;
    try {
      await this.#client.send('DELETE /repos/{owner}/{repo}/git/refs/{ref}', { ref: `heads/${branch}` });
    } catch (error) {
      // 422: it is gone; a rule that keeps branches is no reason to fail a story that is merged.
      if (!(error instanceof GithubError) || (error.status !== 422 && error.status !== 403)) throw error;
    }
  }
}

function isPassing(error: GithubError): boolean {
  return /base branch was modified|head branch was modified|try the merge again/i.test(error.words);
}
