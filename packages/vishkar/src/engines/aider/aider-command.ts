/**
 * How Aider is called for one turn, as pure functions: every flag that keeps it headless, quiet, and out of the worktree
 * but for the edits. What is said on the command line outranks a `.aider.conf.yml` of the repository.
 * Checked with Aider 0.86.2.
 */
import { join } from 'node:path';
import type { ModelSettings } from '../model-settings.js';

export type AiderEditFormat = 'whole' | 'diff' | 'diff-fenced' | 'udiff';

/** The places of a turn that are not in the worktree. */
export interface AiderFiles {
  /** The whole instruction, given as a file to read. */
  readonly task: string;
  /** The message that points at it. */
  readonly message: string;
  readonly home: string;
  readonly outputFolder: string;
}

/** The name is one that no repository has, so that Aider takes it for none of the repository's files. */
export const TASK_FILE = 'vishkar-task.md';
/** The same file on the provider's side of an API, by provider; others serve the OpenAI wire at `/v1`. */
const BASE_PATHS: Readonly<Record<string, string>> = { openrouter: '/api/v1' };

/**
 * The message of a turn. The task itself stands in a file beside it: Aider adds every file that its message names to
 * the chat, and a task names all files of the repository. The first line says which turn it is.
 */
export function aiderMessage(prompt: string): string {
  const [first = ''] = prompt.split('\n');
  return `Do the task that the read-only file ${TASK_FILE} describes, under the rules that it states.\n${first}\nReply with the edits.\n`;
}

/** The arguments, without the program. */
export function aiderArguments(
  settings: ModelSettings,
  { task, message, outputFolder }: AiderFiles,
  options: { readonly editFormat: AiderEditFormat | undefined; readonly files: readonly string[] },
): readonly string[] {
  const model = `openai/${settings.model}`;
  return [
    ...['--model', model, '--weak-model', model, '--openai-api-base', aiderBaseAddress(settings)],
    ...(options.editFormat === undefined ? [] : ['--edit-format', options.editFormat]),
    ...['--message-file', message, '--read', task],
    // Nobody is there to be asked. Commands that a model suggests need more than this yes, and are not offered at all.
    ...['--yes-always', '--no-suggest-shell-commands', '--no-detect-urls', '--no-fancy-input', '--no-notifications'],
    // The commit is ours to make; a commit of Aider's own would cost another call to the model.
    ...['--no-auto-commits', '--no-dirty-commits', '--no-gitignore', '--no-add-gitignore-files'],
    // What the edits are worth is found out by later steps, with the project's own commands.
    ...['--no-auto-lint', '--no-auto-test', '--no-watch-files', '--no-copy-paste'],
    // The map of the repository would leave its cache in the worktree; the file list stands in the task.
    ...['--map-tokens', '0'],
    ...['--no-check-update', '--no-show-release-notes', '--no-show-model-warnings', '--no-analytics', '--no-gui'],
    ...['--no-restore-chat-history', '--chat-history-file', join(outputFolder, 'aider-chat.md')],
    ...['--input-history-file', join(outputFolder, 'aider-input.txt')],
    ...['--no-pretty', '--stream', '--encoding', 'utf-8'],
    // Files of commands to run at the start, which the repository's settings may name.
    ...['--load', '/dev/null'],
    ...options.files.map((file) => `--file=${file}`),
  ];
}

/** Variables for a run, beside the allow-list. */
export function aiderEnvironment({ apiKey = 'none' }: ModelSettings): Readonly<Record<string, string>> {
  return {
    OPENAI_API_KEY: apiKey,
    // A `.env` of the project is for the project's programs; Aider would take keys and addresses from it.
    PYTHON_DOTENV_DISABLED: '1',
    // Without a name Aider writes one into the repository's configuration, which all its worktrees share.
    GIT_CONFIG_COUNT: '2',
    GIT_CONFIG_KEY_0: 'user.name',
    GIT_CONFIG_VALUE_0: 'Vishkar',
    GIT_CONFIG_KEY_1: 'user.email',
    GIT_CONFIG_VALUE_1: 'vishkar@localhost',
    // Prices and sizes of models come from the package, not from the network.
    LITELLM_LOCAL_MODEL_COST_MAP: 'True',
    PYTHONUNBUFFERED: '1',
    NO_COLOR: '1',
    TERM: 'dumb',
  };
}

/** Where the OpenAI wire is served under the host. */
export function aiderBaseAddress({ provider, host = '' }: ModelSettings): string {
  return `${host.replace(/\/+$/, '')}${BASE_PATHS[provider] ?? '/v1'}`;
}
