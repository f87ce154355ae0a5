import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isProcessAlive, waitUntil } from '@vishkar/testkit';
import { describe, expect, it } from 'vitest';
import { engineFixture, runOptions } from '../../test/engines/engine-fixture.js';
import { CommandEngine } from './command-engine.js';
import type { CommandEngineOptions } from './command-engine.js';

const KEY = 'the-key-of-the-model';

function commandEngine(argv: readonly string[], more: Partial<CommandEngineOptions> = {}): CommandEngine {
  return new CommandEngine({
    argv,
    promptBy: 'file',
    environment: { PATH: process.env['PATH'], MODEL_KEY: KEY, OTHER_TOKEN: 'another-token' },
    passEnvironment: ['MODEL_KEY'],
    timeoutMs: 50_000,
    idleTimeoutMs: 50_000,
    ...more,
  });
}
const shell = (script: string, ...rest: readonly string[]) => ['sh', '-c', script, 'engine', ...rest];

describe('CommandEngine', () => {
  it.each([
    ['a file', shell('cat "$1" > got.txt', '{promptFile}'), 'file'],
    ['stdin', shell('cat > got.txt'), 'stdin'],
    ['an argument of its own', shell('printf %s "$1" > got.txt'), 'argument'],
    ['an argument where it is named', shell('printf %s "$1" > got.txt', '{prompt}', 'after'), 'argument'],
  ] as const)('gets the prompt by %s, placeholders in the prompt untouched', async (_title, argv, promptBy) => {
    const { worktree, task } = engineFixture();
    const prompt = 'Do it in {worktree} with "quotes" and $HOME';
    const run = await commandEngine(argv, { promptBy }).run(task({ prompt }), runOptions().options);
    expect(run).toMatchObject({ outcome: 'edited', resumed: false, usage: { source: 'none' } });
    expect(readFileSync(join(worktree, 'got.txt'), 'utf8')).toBe(prompt);
  });

  it('runs in the worktree with a private home, its own key and no other token', async () => {
    const { worktree, task } = engineFixture();
    const argv = shell(
      'pwd > at.txt; env > env.txt; echo "$MODEL_KEY"; echo "$1 $2" >> at.txt',
      '{worktree}',
      '{home}',
    );
    const run = await commandEngine(argv).run(task(), runOptions().options);
    expect(readFileSync(join(worktree, 'at.txt'), 'utf8')).toBe(`${worktree}\n${worktree} ${task().home}\n`);
    const environment = readFileSync(join(worktree, 'env.txt'), 'utf8');
    expect(environment).toContain(`MODEL_KEY=${KEY}`);
    expect(environment).toContain(`HOME=${task().home}`);
    expect(environment).not.toContain('another-token');
    const kept =
      readFileSync(run.transcriptPath, 'utf8') + readFileSync(join(task().outputFolder, 'engine.log'), 'utf8');
    expect(kept).toContain('***');
    expect(kept).not.toContain(KEY);
  });

  it.each([
    ['exits with 0 and left work', 'echo x > a.txt', { outcome: 'edited', retryable: false }],
    ['exits with 1 and left work', 'echo x > a.txt; exit 1', { outcome: 'edited', retryable: false }],
    ['exits with 0 and left nothing', 'true', { outcome: 'no_change', retryable: false }],
    ['exits with 1 and left nothing', 'echo no luck; exit 1', { outcome: 'engine_error', retryable: true }],
    ['was killed', 'kill -9 $$', { outcome: 'engine_error', retryable: true }],
  ])('is judged by the worktree when it %s', async (_title, script, judgement) => {
    const run = await commandEngine(shell(script)).run(engineFixture().task(), runOptions().options);
    expect(run).toMatchObject(judgement);
  });

  it('counts work that it has committed itself', async () => {
    const commit = 'echo x > a.txt; git add a.txt; git -c user.name=a -c user.email=a@b commit -qm own';
    const run = await commandEngine(shell(commit)).run(engineFixture().task(), runOptions().options);
    expect(run.outcome).toBe('edited');
  });

  it('tells how far it is', async () => {
    const { options, seen } = runOptions();
    await commandEngine(shell('echo one; sleep 0.2; echo two')).run(engineFixture().task(), options);
    expect(seen.at(-1)).toMatchObject({ bytes: 8, activity: 'two', pid: expect.any(Number) });
  });

  it.each([
    ['takes too long', { timeoutMs: 300 }],
    ['is silent for too long', { idleTimeoutMs: 300 }],
  ])('is ended when it %s', async (_title, limit) => {
    const run = await commandEngine(shell('sleep 600'), limit).run(engineFixture().task(), runOptions().options);
    expect(run).toMatchObject({ outcome: 'timeout', retryable: true });
  });

  it('is stopped with all that it started', async () => {
    const { worktree, task } = engineFixture();
    const { stop, options } = runOptions();
    const running = commandEngine(shell('sleep 600 & echo $! > pid.txt; wait')).run(task(), options);
    const file = join(worktree, 'pid.txt');
    const pid = await waitUntil(() => (existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0) || undefined, {
      what: 'the engine to start',
    });
    stop.abort();
    expect(await running).toMatchObject({ outcome: 'cancelled' });
    expect(isProcessAlive(pid)).toBe(false);
  });

  it('says that its program is not there', async () => {
    await expect(commandEngine(['no-such-agent']).describe()).rejects.toMatchObject({ code: 'ENGINE_NOT_INSTALLED' });
    expect(await commandEngine(['sh'], { model: 'm' }).describe()).toEqual({
      name: 'command',
      version: 'unknown',
      model: 'm',
    });
  });
});
