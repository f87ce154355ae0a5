/**
 * The real Aider, driven by a scripted model on loopback that answers in Aider's own edit formats. Each test has a
 * scenario of its own, found by the model's name. They run side by side: most of a turn is Python's start.
 */
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  aider,
  createTemporaryFolder,
  isProcessAlive,
  itNeeds,
  ScriptedModelServer,
  searchReplace,
  waitUntil,
  wholeFile,
} from '@vishkar/testkit';
import type { ScriptedReply, TemporaryFolder } from '@vishkar/testkit';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { createEngine } from '../../src/engines/create-engine.js';
import { engineConfigSchema } from '../../src/engines/engine-config.js';
import { engineFixture, runOptions } from './engine-fixture.js';
import { startEngineWorker } from './engine-worker.js';

const KEY = 'scripted-key-4711';
const LIMIT_MS = 240_000;
const USAGE = { inputTokens: 1_000, outputTokens: 50 };
let model: ScriptedModelServer;
let folders: TemporaryFolder;

beforeAll(async () => {
  folders = createTemporaryFolder('aider');
  model = await ScriptedModelServer.start([]);
});
afterAll(async () => {
  await model.close();
  folders.remove();
});

function aiderFor(
  program: string,
  name: string,
  replies: readonly ScriptedReply[],
  more: Record<string, unknown> = {},
) {
  model.setScenario({ model: name, editsByText: true, turns: [{ match: /(^|\n)Task: /, replies }] });
  return createEngine(engineConfigSchema.parse({ ...configFor(name), ...more }), {
    repository: '/',
    environment: environmentWith(program),
  });
}

const environmentWith = (program: string) => ({ ...process.env, AIDER_BIN: program, SCRIPTED_KEY: KEY });
const configFor = (name: string) => ({
  engine: 'aider',
  model: name,
  host: model.host,
  apiKeyEnv: 'SCRIPTED_KEY',
  editFormat: 'diff',
});
const fixture = (files?: Readonly<Record<string, string>>) =>
  engineFixture(files, mkdtempSync(join(folders.path, 'story-')));
const asked = (name: string) => model.requests.filter(({ conversation }) => conversation?.model === name);
const readAll = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    .join('\n');

describe.concurrent('Aider', () => {
  itNeeds(
    { aider },
    'changes several files and makes one, commits nothing, leaves nothing of its own, and is metered to the token',
    async ({ aider: program }) => {
      const { worktree, repository, folder, task, git } = fixture({
        'README.md': 'Hello\n',
        'src/one.ts': 'export const one = 1;\n',
      });
      const price = { inputUsdPerMillion: 3, outputUsdPerMillion: 15 };
      const edits = [
        searchReplace('README.md', 'Hello', 'Hello, you'),
        searchReplace('src/one.ts', 'export const one = 1;', 'export const one = 11;'),
        searchReplace('src/new/two.ts', '', 'export const two = 2;'),
      ];
      const engine = aiderFor(program, 'edits', [{ say: edits.join('\n'), usage: USAGE }], { price });
      const settings = readFileSync(join(repository, '.git/config'), 'utf8');
      const { options, seen } = runOptions();
      const run = await engine.run(task(), options);
      expect(run).toMatchObject({
        outcome: 'edited',
        resumed: false,
        usage: { source: 'proxy', ...USAGE, costUsd: 0.00375 },
      });
      expect(readFileSync(join(worktree, 'README.md'), 'utf8')).toBe('Hello, you\n');
      expect(readFileSync(join(worktree, 'src/one.ts'), 'utf8')).toBe('export const one = 11;\n');
      expect(readFileSync(join(worktree, 'src/new/two.ts'), 'utf8')).toBe('export const two = 2;\n');
      expect(git('status', '--porcelain', '--untracked-files=all', '--ignored').split('\n')).toHaveLength(3);
      expect(git('log', '--oneline').split('\n')).toHaveLength(1);
      expect(readFileSync(join(repository, '.git/config'), 'utf8')).toBe(settings);
      expect(git('-C', repository, 'status', '--porcelain')).toBe('');
      expect(seen.at(-1)).toMatchObject({ pid: expect.any(Number), toolCalls: 1 });
      expect(asked('edits').map(({ apiKey, state }) => [apiKey, state])).toEqual([[KEY, 'answered']]);
      expect(readAll(folder)).not.toContain(KEY);
    },
    LIMIT_MS,
  );

  itNeeds(
    { aider },
    'adds a file that the model names, and does not follow settings that lie in the worktree',
    async ({ aider: program }) => {
      const { worktree, task, git } = fixture({
        'src/target.ts': 'old\n',
        // More than fits: neither is given from the start.
        'src/other.ts': 'x\n'.repeat(100),
        '.env': 'OPENAI_API_BASE=http://127.0.0.1:1\nOPENAI_API_KEY=not-the-key\nAIDER_AUTO_COMMITS=true\n',
        '.aider.conf.yml': 'auto-commits: true\nload: commands.txt\nopenai-api-base: http://127.0.0.1:1\n',
        'commands.txt': '/run touch ran.txt\n',
      });
      const replies = [{ say: 'I need to see `src/target.ts`.' }, { say: wholeFile('src/target.ts', 'new\n') }];
      const engine = aiderFor(program, 'names', replies, { editFormat: 'whole', contextBytes: 100 });
      expect(await engine.run(task(), runOptions().options)).toMatchObject({ outcome: 'edited' });
      expect(readFileSync(join(worktree, 'src/target.ts'), 'utf8')).toBe('new\n');
      expect(git('status', '--porcelain', '--untracked-files=all', '--ignored')).toBe('M src/target.ts');
      expect(git('log', '--oneline').split('\n')).toHaveLength(1);
      const [first, second] = asked('names').map(({ conversation }) => JSON.stringify(conversation?.messages));
      expect(asked('names').map(({ reply }) => reply)).toEqual([0, 1]);
      expect([first, second].map((each) => each?.includes('x\\nx\\nx'))).toEqual([false, false]);
      expect([first, second].map((each) => each?.includes('old\\n'))).toEqual([false, true]);
    },
    LIMIT_MS,
  );

  itNeeds(
    { aider },
    'never holds the key of its model; is stopped with its request, and nothing of it is left',
    async ({ aider: program }) => {
      const engine = aiderFor(program, 'hangs', [{ say: 'late', fault: { delayHeadersMs: 600_000 } }]);
      const { stop, options, seen } = runOptions();
      const { folder, task, git } = fixture();
      const running = engine.run(task(), options);
      await waitUntil(() => asked('hangs')[0], { what: 'the model to be asked', timeoutMs: LIMIT_MS });
      const pid = seen.at(-1)?.pid ?? 0;
      if (process.platform === 'linux') {
        const held = ['environ', 'cmdline'].map((file) => readFileSync(`/proc/${String(pid)}/${file}`, 'latin1'));
        expect(held.join()).toContain('aider');
        expect(held.join()).not.toContain(KEY);
      }
      stop.abort(new Error('enough'));
      expect(await running).toMatchObject({ outcome: 'cancelled', retryable: true });
      expect(isProcessAlive(pid)).toBe(false);
      await waitUntil(() => asked('hangs')[0]?.state === 'aborted', { what: 'the request to be given up' });
      expect(git('status', '--porcelain', '--ignored')).toBe('');
      expect(readAll(folder)).not.toContain(KEY);
    },
    LIMIT_MS,
  );

  itNeeds(
    { aider },
    'goes on with what is there after worker and engine were killed',
    async ({ aider: program }) => {
      const name = 'killed';
      const { worktree, task, git } = fixture();
      writeFileSync(join(worktree, 'partial.txt'), 'half\n');
      const slow = { say: searchReplace('partial.txt', 'half', 'whole'), fault: { delayHeadersMs: 600_000, times: 1 } };
      const engine = aiderFor(program, name, [slow]);
      const worker = startEngineWorker(configFor(name), task(), { environment: environmentWith(program) });
      const [, pid] = await worker.waitForOutput(/progress \{.*"pid":(\d+)/, LIMIT_MS);
      await waitUntil(() => asked(name)[0], { what: 'the model to be asked', timeoutMs: LIMIT_MS });
      process.kill(worker.pid, 'SIGKILL');
      await worker.exited;

      expect(await engine.run(task(), runOptions().options)).toMatchObject({ outcome: 'edited', resumed: false });
      expect(isProcessAlive(Number(pid))).toBe(false);
      expect(readFileSync(join(worktree, 'partial.txt'), 'utf8')).toBe('whole\n');
      expect(git('status', '--porcelain', '--untracked-files=all', '--ignored')).toBe('?? partial.txt');
      expect(JSON.stringify(asked(name).at(-1)?.conversation)).toContain(
        'An earlier attempt at this task was interrupted.',
      );
    },
    LIMIT_MS,
  );

  itNeeds(
    { aider },
    'is not tried again when the provider refuses the key',
    async ({ aider: program }) => {
      const engine = aiderFor(program, 'key', [{ fault: { status: 401 } }]);
      const run = await engine.run(fixture().task(), runOptions().options);
      expect(run).toMatchObject({ outcome: 'engine_error', retryable: false, usage: { source: 'none' } });
      expect(run.detail).toContain('401');
    },
    LIMIT_MS,
  );

  itNeeds(
    { aider },
    'is ended on an outage of the provider, whatever it did before it',
    async ({ aider: program }) => {
      const { worktree, task } = fixture({ 'README.md': 'Hello\n', 'other.txt': 'Other\n' });
      const replies = [
        // One edit that fits and one that does not: Aider asks for the second again.
        { say: searchReplace('README.md', 'Hello', 'Hello, you') + searchReplace('other.txt', 'Nothing', 'like it') },
        { fault: { status: 500 } },
      ];
      const run = await aiderFor(program, 'outage', replies).run(task(), runOptions().options);
      expect(run).toMatchObject({ outcome: 'engine_error', retryable: true });
      expect(run.detail).toContain('status 500');
      expect(readFileSync(join(worktree, 'README.md'), 'utf8')).toBe('Hello, you\n');
    },
    LIMIT_MS,
  );

  itNeeds(
    { aider },
    'that gets an empty answer is not taken for one that found nothing to do',
    async ({ aider: program }) => {
      const empty = { say: '', usage: { inputTokens: 100, outputTokens: 0 } };
      const run = await aiderFor(program, 'empty', [empty]).run(fixture().task(), runOptions().options);
      expect(run).toMatchObject({ outcome: 'engine_error', retryable: true });
    },
    LIMIT_MS,
  );
});
