/**
 * The real Aider, driven by a scripted model on loopback. Each test has a scenario of its own, found by the model's
 * name; the model answers in Aider's own edit formats.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  aider,
  isProcessAlive,
  itNeeds,
  ScriptedModelServer,
  searchReplace,
  startChild,
  waitUntil,
  wholeFile,
} from '@vishkar/testkit';
import type { ScriptedReply, StartedChild } from '@vishkar/testkit';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import type { EngineTask } from '../../src/engines/coding-engine.js';
import { createEngine } from '../../src/engines/create-engine.js';
import { engineConfigSchema } from '../../src/engines/engine-config.js';
import { engineFixture, runOptions } from './engine-fixture.js';

const KEY = 'scripted-key-4711';
const LIMIT_MS = 60_000;
let model: ScriptedModelServer;

beforeAll(async () => {
  model = await ScriptedModelServer.start([]);
});
afterAll(async () => {
  await model.close();
});

function aiderFor(program: string, name: string, replies: readonly ScriptedReply[], more: Record<string, unknown> = {}) {
  model.setScenario({ model: name, editsByText: true, turns: [{ match: /(^|\n)Task: /, replies }] });
  const environment = { ...process.env, AIDER_BIN: program, SCRIPTED_KEY: KEY };
  return createEngine(engineConfigSchema.parse({ ...configFor(name), ...more }), { repository: '/', environment });
}

function configFor(name: string) {
  return { engine: 'aider', model: name, host: model.host, apiKeyEnv: 'SCRIPTED_KEY', editFormat: 'diff' };
}

const asked = (name: string) => model.requests.filter(({ conversation }) => conversation?.model === name);
const promptOf = (name: string) =>
  asked(name)[0]
    ?.conversation?.messages.map(({ text }) => text)
    .join('\n') ?? '';
const say = (...parts: readonly string[]): ScriptedReply => ({ say: parts.join('\n') });

describe('Aider', () => {
  itNeeds(
    { aider },
    'edits several files and makes a new one in a linked worktree, and leaves nothing of its own',
    async ({ aider: program }) => {
      const files = { 'README.md': 'Hello\n', 'src/one.ts': 'export const one = 1;\n' };
      const { worktree, repository, task, git } = engineFixture(files);
      const engine = aiderFor(program, 'edits', [
        say(
          'I change two files and make one.',
          searchReplace('README.md', 'Hello', 'Hello, you'),
          searchReplace('src/one.ts', 'export const one = 1;', 'export const one = 11;'),
          searchReplace('src/new/two.ts', '', 'export const two = 2;'),
        ),
      ]);
      const { options, seen } = runOptions();
      const settings = readFileSync(join(repository, '.git/config'), 'utf8');
      const run = await engine.run(task(), options);
      expect(run).toMatchObject({ outcome: 'edited', resumed: false });
      expect(readFileSync(join(worktree, 'README.md'), 'utf8')).toBe('Hello, you\n');
      expect(readFileSync(join(worktree, 'src/one.ts'), 'utf8')).toBe('export const one = 11;\n');
      expect(readFileSync(join(worktree, 'src/new/two.ts'), 'utf8')).toBe('export const two = 2;\n');
      expect(git('status', '--porcelain', '--untracked-files=all', '--ignored').split('\n')).toHaveLength(3);
      expect(git('log', '--oneline').split('\n')).toHaveLength(1);
      expect(readdirSync(worktree).toSorted()).toEqual(['.git', 'README.md', 'src']);
      expect(readFileSync(join(repository, '.git/config'), 'utf8')).toBe(settings);
      expect(git('-C', repository, 'status', '--porcelain')).toBe('');
      expect(seen.at(-1)).toMatchObject({ pid: expect.any(Number), toolCalls: 1 });
      expect(asked('edits').map(({ reply, apiKey, state }) => [reply, apiKey, state])).toEqual([[0, KEY, 'answered']]);
    },
    LIMIT_MS,
  );
});
export { existsSync, isProcessAlive, writeFileSync, startChild, waitUntil, wholeFile, promptOf };
export type { EngineTask, StartedChild };
