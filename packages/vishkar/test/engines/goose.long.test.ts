/**
 * The real Goose over ACP, driven by a scripted model on loopback: what the fake agent can't show. Each test has a
 * scenario of its own, found by the model's name.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  goose,
  isProcessAlive,
  itNeeds,
  scriptedStory,
  ScriptedModelServer,
  temporaryFolder,
  waitUntil,
} from '@vishkar/testkit';
import type { ScriptedReply } from '@vishkar/testkit';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { usedBefore } from '../../src/activities/attempt-usage.js';
import { createEngine } from '../../src/engines/create-engine.js';
import { engineConfigSchema } from '../../src/engines/engine-config.js';
import type { Guidance } from '../../src/domain/guidance.js';
import { engineFixture, runOptions } from './engine-fixture.js';
import { startEngineWorker } from './engine-worker.js';

const KEY = 'scripted-key-4711';
let model: ScriptedModelServer;

beforeAll(async () => {
  model = await ScriptedModelServer.start([]);
});
afterAll(async () => {
  await model.close();
});

/** Goose for a scenario with one turn. */
function gooseFor(name: string, replies: readonly ScriptedReply[], limits: Record<string, unknown> = {}) {
  model.setScenario({ model: name, turns: [{ match: /Task: /, replies }] });
  return gooseAgain(name, limits);
}

/** Another engine for a scenario that is there. */
function gooseAgain(name: string, limits: Record<string, unknown> = {}) {
  const environment = { ...process.env, SCRIPTED_KEY: KEY };
  return createEngine(engineConfigSchema.parse({ ...configFor(name), ...limits }), { repository: '/', environment });
}

function configFor(name: string) {
  return { engine: 'goose', provider: 'openai', model: name, host: model.host, apiKeyEnv: 'SCRIPTED_KEY' };
}

function readPid(file: string): number | undefined {
  return existsSync(file) ? Number(readFileSync(file, 'utf8')) || undefined : undefined;
}

const asked = (name: string) => model.turnsAsked.filter(({ conversation }) => conversation?.model === name);
const write = (path: string, content: string): ScriptedReply => ({
  calls: [{ tool: 'write', arguments: { path, content } }],
});
const shell = (command: string): ScriptedReply => ({ calls: [{ tool: 'shell', arguments: { command } }] });

describe('Goose', () => {
  itNeeds(
    { goose },
    'edits files in a linked worktree, leaves the main checkout alone and commits nothing',
    async () => {
      const { worktree, repository, task, git } = engineFixture();
      const engine = gooseFor('edits', [
        write('src/new.ts', 'export const one = 1;\n'),
        { calls: [{ tool: 'edit', arguments: { path: 'README.md', before: 'Hello', after: 'Hello, you' } }] },
        shell('cat README.md > copy.md'),
        { say: 'All done.' },
      ]);
      const { options, seen } = runOptions();
      const run = await engine.run(task(), options);
      expect(run).toMatchObject({ outcome: 'edited', resumed: false });
      expect(readFileSync(join(worktree, 'src/new.ts'), 'utf8')).toBe('export const one = 1;\n');
      expect(readFileSync(join(worktree, 'copy.md'), 'utf8')).toBe('Hello, you\n');
      expect(git('log', '--oneline').split('\n')).toHaveLength(1);
      expect(existsSync(join(repository, 'src'))).toBe(false);
      expect(seen.at(-1)).toMatchObject({ toolCalls: 3, sessionId: run.sessionId });
      expect(asked('edits').map(({ reply, apiKey }) => [reply, apiKey])).toEqual(
        [0, 1, 2, 3].map((each) => [each, KEY]),
      );
      expect(readFileSync(run.transcriptPath, 'utf8')).not.toContain(KEY);
    },
  );

  itNeeds({ goose }, 'describes itself with the version that runs and the model', async () => {
    const description = await gooseFor('describes', []).describe();
    expect(description).toMatchObject({ name: 'goose', model: 'openai/describes' });
    expect(description.version).toMatch(/^\d+\.\d+\.\d+/);
    expect(description).not.toHaveProperty('recordedFrom');
  });

  itNeeds({ goose }, 'is stopped while a tool of its runs, and nothing of it is left', async () => {
    const { folder, task } = engineFixture();
    const pidFile = join(folder, 'tool.pid');
    const engine = gooseFor('cancel-tool', [shell(`echo $$ > ${pidFile}; exec sleep 600`)]);
    const { stop, options, seen } = runOptions();
    const running = engine.run(task(), options);
    const toolPid = await waitUntil(() => readPid(pidFile), { what: 'the tool to start' });
    stop.abort(new Error('enough'));
    expect(await running).toMatchObject({ outcome: 'cancelled', retryable: true });
    expect([toolPid, seen.at(-1)?.pid ?? 0].filter(isProcessAlive)).toEqual([]);
  });

  itNeeds({ goose }, 'that is killed itself is a failure that can be tried again', async () => {
    const engine = gooseFor('dies', [{ say: 'late', fault: { delayHeadersMs: 600_000 } }]);
    const { options, seen } = runOptions();
    const running = engine.run(engineFixture().task(), options);
    await waitUntil(() => asked('dies')[0], { what: 'the model to be asked' });
    process.kill(seen.at(-1)?.pid ?? 0, 'SIGKILL');
    const run = await running;
    expect(run).toMatchObject({ outcome: 'engine_error', retryable: true });
    expect(run.detail).toContain('SIGKILL');
  });

  itNeeds({ goose }, 'is stopped while the model does not answer, and gives up its request', async () => {
    const engine = gooseFor('cancel-model', [{ say: 'late', fault: { delayHeadersMs: 600_000 } }]);
    const { stop, options, seen } = runOptions();
    const running = engine.run(engineFixture().task(), options);
    await waitUntil(() => asked('cancel-model')[0], { what: 'the model to be asked' });
    stop.abort(new Error('enough'));
    expect(await running).toMatchObject({ outcome: 'cancelled' });
    expect(isProcessAlive(seen.at(-1)?.pid ?? 0)).toBe(false);
    await waitUntil(() => asked('cancel-model')[0]?.state === 'aborted', { what: 'the request to be given up' });
  });

  itNeeds({ goose }, 'is ended when nothing is heard of it for too long, also in the middle of an answer', async () => {
    const stalls: ScriptedReply = { say: 'beginning', fault: { stallAfterChunks: 1 } };
    const engine = gooseFor('stall', [stalls], { idleTimeoutMs: 1_500 });
    const run = await engine.run(engineFixture().task(), runOptions().options);
    expect(run).toMatchObject({ outcome: 'timeout', retryable: true });
    expect(run.detail).toContain('silent');
  });

  itNeeds({ goose }, 'goes on in its session after worker and engine were killed in the middle of a tool', async () => {
    const { folder, worktree, task } = engineFixture();
    const pidFile = join(folder, 'tool.pid');
    const name = 'killed';
    gooseFor(name, [
      write('first.txt', 'first\n'),
      // Hangs the first time only; in a session of its own, so that no group takes it along.
      shell(`test -f ${pidFile} || { echo $$ > ${pidFile}; setsid sleep 600; }; echo second > second.txt`),
      { say: 'Done after all.' },
    ]);
    const usage = { folder: temporaryFolder('usage'), marker: 'run-1/5/1' };
    const worker = startEngineWorker(configFor(name), task(), { environment: { SCRIPTED_KEY: KEY }, usage });
    const toolPid = await waitUntil(() => readPid(pidFile), { what: 'the tool to start' });
    const { sessionId, pid: goosePid } = JSON.parse(
      (await worker.waitForOutput(/progress (\{.*"sessionId".*\})/))[1] ?? '',
    );
    process.kill(worker.pid, 'SIGKILL');
    await worker.exited;
    expect([toolPid, goosePid].map(isProcessAlive)).toContain(true);
    // Two answers, of the size that scripts have: what was paid for is known although nobody could tell.
    const [lost] = await usedBefore(usage.folder, { runId: 'run-1', own: 'run-1/5/2', settled: [] });
    expect(lost).toEqual({ marker: 'run-1/5/1', usage: { source: 'proxy', inputTokens: 200, outputTokens: 40 } });

    const run = await gooseAgain(name).run(task(), { ...runOptions().options, resumeSessionId: sessionId });
    expect(run).toMatchObject({ outcome: 'edited', resumed: true, sessionId });
    expect([toolPid, goosePid].filter(isProcessAlive)).toEqual([]);
    expect(readFileSync(join(worktree, 'second.txt'), 'utf8')).toBe('second\n');
    // The first reply was not asked for again: the session knew that it was done.
    expect(asked(name).map(({ reply }) => reply)).toEqual([0, 1, 1, 2]);
  });

  itNeeds({ goose }, 'begins again in a fresh session when the old one is lost, and says what is there', async () => {
    const { worktree, task } = engineFixture();
    writeFileSync(join(worktree, 'partial.txt'), 'half');
    const engine = gooseFor('lost', [write('whole.txt', 'whole'), { say: 'Done.' }]);
    const run = await engine.run(task(), { ...runOptions().options, resumeSessionId: '20200101_7' });
    expect(run).toMatchObject({ outcome: 'edited', resumed: false });
    const prompt = asked('lost')[0]
      ?.conversation?.messages.map(({ text }) => text)
      .join('\n');
    expect(prompt).toContain('An earlier attempt at this task was interrupted.');
  });

  itNeeds(
    { goose },
    'takes what a person says in the middle of a tool, and goes on in its session with it',
    async () => {
      const { folder, worktree, task } = engineFixture();
      const pidFile = join(folder, 'tool.pid');
      const name = 'steered';
      model.setScenario({
        model: name,
        turns: [
          { match: /Ann says: call it two/, replies: [write('two.txt', 'two\n'), { say: 'Done.' }] },
          { match: /Task: /, replies: [shell(`echo $$ > ${pidFile}; exec sleep 600`)] },
        ],
      });
      const said: Guidance[] = [
        { step: 'implement', question: '', by: 'Ann', at: '', text: 'call it two.txt', holdsFor: 'story' },
      ];
      const steering = {
        next: async (signal: AbortSignal) => {
          await waitUntil(() => readPid(pidFile), { what: 'the tool to start', signal });
          await waitUntil(() => said.length > 0, { what: 'somebody to say more', signal, timeoutMs: 600_000 });
          return { messages: said.splice(0), maybeAgain: false };
        },
        handingOn: async () => await Promise.resolve(),
        handedOn: async () => await Promise.resolve(),
      };
      const { options, seen } = runOptions();
      const run = await gooseAgain(name).run(task(), { ...options, steering });
      expect(run).toMatchObject({ outcome: 'edited', sessionId: seen.at(-1)?.sessionId });
      expect(readFileSync(join(worktree, 'two.txt'), 'utf8')).toBe('two\n');
      const last = asked(name)
        .at(-1)
        ?.conversation?.messages.map(({ text }) => text)
        .join('\n');
      // One session: what it was asked first is in it, too.
      expect(last).toContain('Task: ');
      expect(last).toContain('Ann says: call it two.txt');
      expect(isProcessAlive(readPid(pidFile) ?? 0)).toBe(false);
    },
  );

  itNeeds({ goose }, 'is not tried again when the provider refuses the key', async () => {
    const engine = gooseFor('key', [{ fault: { status: 401 } }]);
    const run = await engine.run(engineFixture().task(), runOptions().options);
    expect(run).toMatchObject({ outcome: 'engine_error', retryable: false });
    expect(run.detail).not.toContain(KEY);
  });

  itNeeds({ goose }, 'is not believed when it ends its turn on an outage of the provider', async () => {
    const engine = gooseFor('outage', [write('half.txt', 'half'), { fault: { status: 500 } }]);
    const run = await engine.run(engineFixture().task(), runOptions().options);
    expect(run).toMatchObject({ outcome: 'engine_error', retryable: true });
  });

  itNeeds(
    { goose },
    'does not wait for hours itself when its provider lets no calls through, and goes on in its session',
    async () => {
      const refused = { say: 'Done.', fault: { status: 429, headers: { 'retry-after': '18000' }, times: 1 } };
      const engine = gooseFor('window', [write('half.txt', 'half'), refused]);
      const startedAt = Date.now();
      const { task, worktree } = engineFixture();
      const run = await engine.run(task(), runOptions().options);
      expect(run).toMatchObject({ outcome: 'engine_error', retryable: false });
      expect((run.limit?.resumesAtMs ?? 0) - startedAt).toBeGreaterThanOrEqual(18_000_000);
      expect(existsSync(join(worktree, 'half.txt'))).toBe(true);
      const resumeSessionId = run.sessionId ?? '';
      const later = await gooseAgain('window').run(task(), { ...runOptions().options, resumeSessionId });
      expect(later).toMatchObject({ resumed: true, sessionId: resumeSessionId });
      // The file was not written again: the session knew that it was there.
      expect(asked('window').map(({ reply }) => reply)).toEqual([0, 1, 1]);
    },
  );

  itNeeds({ goose }, 'survives a broken stream by asking again', async () => {
    const { worktree, task } = engineFixture();
    const cut = { ...write('whole.txt', 'whole'), fault: { cutAfterChunks: 1, times: 1 } };
    const run = await gooseFor('cut', [cut, { say: 'Done.' }]).run(task(), runOptions().options);
    expect(run).toMatchObject({ outcome: 'edited' });
    expect(readFileSync(join(worktree, 'whole.txt'), 'utf8')).toBe('whole');
    const states = asked('cut').map(({ reply, state }) => [reply, state]);
    expect(states).toEqual([
      [0, 'cut'],
      [0, 'answered'],
      [1, 'answered'],
    ]);
  });

  itNeeds({ goose }, 'that changes nothing is told apart from one that fails', async () => {
    const run = await gooseFor('idle', [{ say: 'It is all there already.' }]).run(
      engineFixture().task(),
      runOptions().options,
    );
    expect(run).toMatchObject({ outcome: 'no_change', retryable: false });
  });

  itNeeds({ goose }, 'is metered on the wire, to the token, and never holds the key of its model', async () => {
    const { task } = engineFixture();
    const usage = { inputTokens: 1_000, outputTokens: 50 };
    const replies = [
      { ...shell('env > environment.txt'), usage },
      { ...write('a.txt', 'a\n'), usage },
      { say: 'Done.', usage },
    ];
    const price = { inputUsdPerMillion: 3, outputUsdPerMillion: 15 };
    const engine = gooseFor('metered', replies, { price });
    const run = await engine.run(task(), runOptions().options);
    const calls = model.requests.filter(({ conversation }) => conversation?.model === 'metered').length;
    expect(calls).toBeGreaterThanOrEqual(replies.length);
    expect(run).toMatchObject({
      outcome: 'edited',
      usage: { source: 'proxy', inputTokens: calls * 1_000, outputTokens: calls * 50 },
    });
    expect(run.usage.costUsd).toBeCloseTo(calls * 0.00375);
    const environment = readFileSync(join(task().worktree, 'environment.txt'), 'utf8');
    expect(environment).toContain('GOOSE_MODEL=metered');
    expect(environment).not.toContain(KEY);
    const transcript = readFileSync(run.transcriptPath, 'utf8');
    expect(transcript).toContain('"type":"model_call"');
    expect(transcript).not.toContain(KEY);
  });

  itNeeds({ goose }, 'is metered on the wire of Anthropic, too', async () => {
    const { task } = engineFixture();
    const usage = { inputTokens: 700, outputTokens: 30 };
    const limits = { provider: 'anthropic' };
    const replies = [
      { ...write('a.txt', 'a\n'), usage },
      { say: 'Done.', usage },
    ];
    const run = await gooseFor('anthropic', replies, limits).run(task(), runOptions().options);
    expect(run).toMatchObject({ outcome: 'edited', usage: { source: 'proxy', inputTokens: 1_400, outputTokens: 60 } });
    expect(asked('anthropic').map(({ path, apiKey }) => [path, apiKey])).toEqual(Array(2).fill(['/v1/messages', KEY]));
  });

  itNeeds({ goose }, 'is stopped at its budget, and what it did until then stays', async () => {
    const { task, worktree } = engineFixture();
    const usage = { inputTokens: 600, outputTokens: 0 };
    const replies = ['a', 'b', 'c', 'd'].map((name) => ({ ...write(`${name}.txt`, 'x\n'), usage }));
    const run = await gooseFor('budget', replies, { budget: { tokens: 1_000 } }).run(task(), runOptions().options);
    expect(run).toMatchObject({ outcome: 'engine_error', retryable: false });
    expect(run.detail).toContain('the budget of 1000 tokens is used up');
    expect(existsSync(join(worktree, 'a.txt'))).toBe(true);
    expect(existsSync(join(worktree, 'd.txt'))).toBe(false);
  });

  itNeeds({ goose }, 'makes the edits of a recorded session, each in its own turn', async () => {
    const rounds = [
      { kind: 'implement', round: 1, edits: [{ op: 'write' as const, file: 'a.txt', content: 'one\n' }] },
      {
        kind: 'fix-findings',
        round: 1,
        edits: [
          { op: 'replace' as const, file: 'a.txt', before: 'one', after: 'two' },
          { op: 'delete' as const, file: 'README.md' },
        ],
      },
    ];
    const { worktree, task } = engineFixture();
    const engine = gooseFor('story', []);
    model.setScenario(scriptedStory({ model: 'story', rounds }));
    const turn = (kind: 'implement' | 'fix-findings') =>
      engine.run(task({ kind, prompt: `Task: ${kind}, round 1, story DEMO-1.` }), runOptions().options);
    expect(await turn('implement')).toMatchObject({ outcome: 'edited' });
    expect(readFileSync(join(worktree, 'a.txt'), 'utf8')).toBe('one\n');
    expect(await turn('fix-findings')).toMatchObject({ outcome: 'edited' });
    expect(readFileSync(join(worktree, 'a.txt'), 'utf8')).toBe('two\n');
    expect(existsSync(join(worktree, 'README.md'))).toBe(false);
  });
});
