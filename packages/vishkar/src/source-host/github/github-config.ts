/**
 * How a project says where its GitHub repository is and how pull requests are to be made there. A token never stands here;
 * fields that end in `Env` name the variables that hold one. The fields stand beside `kind` in `sourceHost`.
 */
import { z } from 'zod';

const variable = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'this is the name of an environment variable, not its value');

export const githubAppSchema = z
  .strictObject({
    /** Id or client id of the app. */
    appId: z.union([z.string().min(1), z.number().int().positive()]),
    installationId: z.number().int().positive(),
    privateKeyEnv: variable.optional(),
    /** A path; a relative one starts at the repository. Keep it out of the repository itself. */
    privateKeyFile: z.string().min(1).optional(),
  })
  .refine(({ privateKeyEnv, privateKeyFile }) => (privateKeyEnv === undefined) !== (privateKeyFile === undefined), {
    message: 'exactly one of "privateKeyEnv" and "privateKeyFile" says where the private key is',
  });

const NAME = /^[A-Za-z0-9_.-]+$/;

/** Fields of `sourceHost` that only GitHub has. */
export const githubFields = {
  owner: z.string().regex(NAME, 'the user or organization as in the address of the repository').optional(),
  repo: z.string().regex(NAME, 'the repository\'s name without its owner and without ".git"').optional(),
  /** Address of the REST API; of a GitHub Enterprise Server `https://<host>/api/v3`. */
  baseUrl: z
    .url()
    .refine(isSafe, 'a token must not travel in the clear: use https (http only on this machine)')
    .default('https://api.github.com'),
  tokenEnv: variable.default('GITHUB_TOKEN'),
  /** Takes the place of `tokenEnv`. */
  app: githubAppSchema.optional(),
  /** Holds the token of another account, which gives the reviews: GitHub lets nobody judge what they opened. */
  reviewTokenEnv: variable.optional(),
  draft: z.boolean().default(false),
  labels: z.array(z.string().min(1)).default([]),
  /** Logins; a team is `team:<slug>`. */
  reviewers: z.array(z.string().min(1)).default([]),
  mergeMethod: z.enum(['merge', 'squash', 'rebase']).default('merge'),
  deleteBranch: z.boolean().default(false),
  /** Which checks of a head count; `none` where the repository has none. */
  checks: z.enum(['all', 'required', 'none']).default('all'),
  requestTimeoutMs: z.number().int().positive().default(30_000),
} as const;

export type GithubApp = z.infer<typeof githubAppSchema>;
export type GithubConfig = Readonly<
  { owner: string; repo: string } & Omit<z.infer<z.ZodObject<typeof githubFields>>, 'owner' | 'repo'>
>;

/** Address that git pushes to, which follows from that of the API. */
export function gitUrlOf({ baseUrl, owner, repo }: Pick<GithubConfig, 'baseUrl' | 'owner' | 'repo'>): string {
  const { protocol, host } = new URL(baseUrl);
  // https://api.github.com, https://api.<name>.ghe.com, https://<host>/api/v3
  return `${protocol}//${host.replace(/^api[.]/, '')}/${owner}/${repo}.git`;
}

function isSafe(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || (protocol === 'http:' && /^(?:localhost|127\.[0-9.]+|\[::1\])$/.test(hostname));
}
