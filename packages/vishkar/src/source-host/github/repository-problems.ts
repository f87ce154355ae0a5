/** What would stop a story in a repository, as far as GitHub tells it before something is tried; for `vishkar doctor`. */
import { z } from 'zod';
import { VishkarError } from '../../errors.js';
import type { GithubClient } from './github-client.js';
import type { GithubConfig } from './github-config.js';

const repositorySchema = z.object({
  full_name: z.string(),
  archived: z.boolean(),
  disabled: z.boolean().optional(),
  permissions: z.object({ push: z.boolean() }).optional(),
  allow_merge_commit: z.boolean().optional(),
  allow_squash_merge: z.boolean().optional(),
  allow_rebase_merge: z.boolean().optional(),
});

/** Throws what stands in the way of asking at all (no token, not accepted, not found). */
export async function repositoryProblems(client: GithubClient, config: GithubConfig): Promise<readonly VishkarError[]> {
  const repository = await client.call('GET /repos/{owner}/{repo}', repositorySchema);
  // Pull requests have a permission of their own, which the repository does not tell.
  await client.call('GET /repos/{owner}/{repo}/pulls', z.array(z.unknown()), { per_page: 1 });
  const problems: VishkarError[] = [];
  if (repository.archived || repository.disabled === true)
    problems.push(
      new VishkarError(
        'SOURCE_HOST_REFUSED',
        `${repository.full_name} is archived or disabled: nothing can be pushed.`,
        {
          hint: 'Unarchive it in its settings, or name another repository.',
        },
      ),
    );
  if (repository.permissions?.push === false)
    problems.push(
      new VishkarError('SOURCE_HOST_FORBIDDEN', `The token may not push to ${repository.full_name}.`, {
        hint: 'Give it "Contents: write" and "Pull requests: write" on this repository (docs/github.md).',
      }),
    );
  const allowed = {
    merge: repository.allow_merge_commit,
    squash: repository.allow_squash_merge,
    rebase: repository.allow_rebase_merge,
  };
  // Only who may push is told which methods there are.
  if (allowed[config.mergeMethod] === false)
    problems.push(
      new VishkarError(
        'MERGE_METHOD_REFUSED',
        `${repository.full_name} does not allow "${config.mergeMethod}" merges.`,
        {
          hint: `Set "sourceHost.mergeMethod" to one of: ${Object.keys(allowed)
            .filter((name) => allowed[name as keyof typeof allowed] === true)
            .join(', ')}.`,
        },
      ),
    );
  return problems;
}

/** Of the account that gives reviews. Throws what stands in the way of asking as it. */
export async function reviewerProblems(client: GithubClient, reviewer: GithubClient): Promise<readonly VishkarError[]> {
  await reviewer.call('GET /repos/{owner}/{repo}/pulls', z.array(z.unknown()), { per_page: 1 });
  const [author, login] = [await client.login(), await reviewer.login()];
  if (author !== login) return [];
  return [
    new VishkarError(
      'SOURCE_HOST_REFUSED',
      `"reviewTokenEnv" holds a token of ${login}, who opens the pull requests.`,
      {
        hint: 'Put the token of another account there, or leave it out: reviews are comments then.',
      },
    ),
  ];
}
