/**
 * Which files of a repository decide over others or over the engine itself: what CI runs, who owns what, what agents are told, what
 * git or an editor runs by itself. A change of one by an engine is held back until a person allows it; this is the policy and the list.
 */
import { z } from 'zod';

/** Without a slash: a name in any folder. With one: from the top. `/**` at the end: the folder, or whatever stands in its place. */
const LISTS = {
  'what CI runs': [
    ...[
      '.github/**',
      '.gitlab-ci.yml',
      '.gitlab/**',
      '.forgejo/**',
      '.gitea/**',
      '.circleci/**',
      '.buildkite/**',
      '.ci/**',
    ],
    ...[
      'Jenkinsfile*',
      '*.jenkinsfile',
      'azure-pipelines*.{yml,yaml}',
      '.azure-pipelines/**',
      'bitbucket-pipelines.yml',
    ],
    ...['.travis.yml', '.drone.{yml,yaml,star,jsonnet}', '.woodpecker.{yml,yaml}', '.woodpecker/**', '.teamcity/**'],
    ...['{,.}appveyor.yml', 'cloudbuild.{yml,yaml,json}', '.semaphore/**', 'codemagic.yaml', 'buildspec.{yml,yaml}'],
  ],
  'who owns what': ['CODEOWNERS'],
  'what agents are told': [
    ...[
      'AGENTS{,.*}.md',
      'CLAUDE{,.*}.md',
      'GEMINI.md',
      'QWEN.md',
      '.goosehints',
      '.cursorrules',
      '.windsurfrules',
      '.clinerules',
    ],
    ...[
      '.claude/**',
      '.codex/**',
      '.gemini/**',
      '.qwen/**',
      '.opencode/**',
      'opencode.json{,c}',
      '.openhands/**',
      '.goose/**',
    ],
    ...[
      '.cursor/**',
      '.windsurf/**',
      '.clinerules/**',
      '.roo/**',
      '.continue/**',
      '.junie/**',
      '.kiro/**',
      '.agents/**',
    ],
    ...['.aider*', '.mcp.json'],
  ],
  'what git does by itself': [
    ...[
      '.gitattributes',
      '.gitmodules',
      '.lfsconfig',
      '.githooks/**',
      '.husky/**',
      '{,.}lefthook{,-local}.{yml,yaml,json,toml}',
    ],
    ...['.pre-commit-config.yaml', '.pre-commit-hooks.yaml'],
  ],
  'what runs when a folder is opened, and where packages come from': [
    ...['.vscode/**', '.idea/**', '.devcontainer/**', '.devcontainer.json', '.envrc'],
    ...['.npmrc', '.yarnrc', '.yarnrc.yml', '.pnpmfile.{cjs,mjs}', 'pip.conf', '.pypirc'],
  ],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** By what they decide over; docs/security.md shows them. */
export const PROTECTED_LISTS: Readonly<Record<string, readonly string[]>> = LISTS;

const pattern = z
  .string()
  .min(1)
  .max(200)
  .refine((text) => !text.startsWith('!') && !text.split('/').includes('..'), {
    message: 'a pattern names paths from the top of the repository, without ".." and "!"',
  });

export const protectedPathsSchema = z.strictObject({
  /** Patterns that are protected beside the standard ones. */
  also: z.array(pattern).max(200).default([]),
  /** Patterns that are not, whatever the others say. */
  except: z.array(pattern).max(200).default([]),
  /** `ask` a person, `refuse` (goes on without the change), or `allow` (nothing is held back). Default `ask`. */
  whenChanged: z.enum(['ask', 'refuse', 'allow']).default('ask'),
});

export type ProtectedPaths = z.infer<typeof protectedPathsSchema>;

export const heldChangeSchema = z.strictObject({
  path: z.string().min(1),
  change: z.enum(['added', 'modified', 'deleted']),
});

/** A change of a protected path that an engine left, and that is in no commit. */
export type HeldChange = z.infer<typeof heldChangeSchema>;

/** What became of one. `by` is who decided; the policy where nobody was asked. */
export interface DecidedChange extends HeldChange {
  readonly decision: 'allowed' | 'refused';
  readonly by: string;
}

/** `a.yml (added), b.yml (deleted)`, cut where a list is too long to be read. */
export function heldInWords(changes: readonly HeldChange[]): string {
  const shown = changes.slice(0, 10).map(({ path, change }) => `${JSON.stringify(path).slice(1, -1)} (${change})`);
  return [...shown, ...(changes.length > 10 ? [`and ${String(changes.length - 10)} more`] : [])].join(', ');
}
