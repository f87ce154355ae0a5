import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { RequestError } from '@agentclientprotocol/sdk';
import type { PermissionOption, SessionUpdate } from '@agentclientprotocol/sdk';
import { startFakeAcpAgent, temporaryFolder } from '@vishkar/testkit';
import type { FakeAcpAgent, FakeAcpAgentOptions, FakeTurn } from '@vishkar/testkit';
import { describe, expect, it } from 'vitest';
import { engineFixture, runOptions } from '../../../test/engines/engine-fixture.js';
import type { FinishedStep } from '../coding-engine.js';
import { DirectModelAccess } from '../model-access.js';
import { AcpEngine } from './acp-engine.js';
import type { AcpEngineOptions } from './acp-engine.js';
import type { LaunchOptions } from './agent-transport.js';
import type { PermissionRule } from './permission-rule.js';
import { acpProfiles } from './acp-profiles.js';
import { gooseProfile } from './goose-profile.js';

const KEY = 'a-very-secret-key';
const used = { inputTokens: 10, outputTokens: 2, totalTokens: 12 };
const done = { stopReason: 'end_turn' as const, usage: used };

/** An engine whose agent lives in this process, with what it was launched with. */
function fakeEngine(turn: FakeAcpAgentOptions['turn'], more: Partial<FakeAcpAgentOptions & AcpEngineOptions> = {}) {
  const agents: FakeAcpAgent[] = [];
  const launches: LaunchOptions[] = [];
  let closed = 0;
  const engine = new AcpEngine({
    profile: gooseProfile,
    access: new DirectModelAccess({ provider: 'openai', model: 'm', apiKeyEnv: 'K', environment: { K: KEY } }),
    environment: { PATH: '/bin', OTHER_TOKEN: 'token' },
    timeoutMs: 50_000,
    idleTimeoutMs: 50_000,
    cancelWaitMs: 200,
    launch: async (options) => {
      launches.push(options);
      const agent = startFakeAcpAgent({ ...more, turn });
      agents.push(agent);
      const close = async () => void (closed += 1);
      return await Promise.resolve({
        stream: agent.stream,
        bytes: () => 1,
        ending: async () => await Promise.resolve(undefined),
        close,
      });
    },
    ...more,
  });
  const methods = () => agents.flatMap(({ calls }) => calls.map(({ method }) => method));
  return { engine, agents, launches, methods, closed: () => closed };
}

const fixture = engineFixture;
const edit = (worktree: string) => writeFileSync(join(worktree, 'new.txt'), 'new');
const toolCall = (id: string): SessionUpdate => ({ sessionUpdate: 'tool_call', toolCallId: id, title: `tool ${id}` });
const say = (text: string): SessionUpdate => ({
  sessionUpdate: 'agent_message_chunk',
  content: { type: 'text', text },
});

describe('AcpEngine', () => {
  it('judges a turn by the worktree, and reports progress', async () => {
    const { worktree, task } = fixture();
    const { engine, methods, closed } = fakeEngine(async ({ update }) => {
      await update(toolCall('1'));
      await update(toolCall('1'));
      await update(toolCall('2'));
      edit(worktree);
      return done;
    });
    const { options, seen } = runOptions();
    expect(await engine.run(task(), options)).toMatchObject({ outcome: 'edited', sessionId: 'new-1', resumed: false });
    expect(seen.at(-1)).toMatchObject({ toolCalls: 2, sessionId: 'new-1', activity: 'tool 2' });
    expect(methods()).toEqual(['initialize', 'session/new', 'session/prompt']);
    expect(closed()).toBe(1);
  });

  it('tells of each tool call once it has ended well, with its input; and of its session once that knows of the task', async () => {
    const steps: FinishedStep[] = [];
    const { options, seen } = runOptions();
    const { engine } = fakeEngine(async ({ update }) => {
      expect(seen.every(({ sessionId }) => sessionId === undefined)).toBe(true);
      const call = async (toolCallId: string, rawInput: object, status: 'completed' | 'failed') => {
        await update({ sessionUpdate: 'tool_call', toolCallId, title: 'write', status: 'pending' });
        await update({ sessionUpdate: 'tool_call_update', toolCallId, title: 'write a.txt', rawInput });
        await update({ sessionUpdate: 'tool_call_update', toolCallId, status });
        await update({ sessionUpdate: 'tool_call_update', toolCallId, status });
      };
      await call('1', { path: 'a.txt', content: 'a' }, 'completed');
      await call('2', { path: 'a.txt', content: 'b' }, 'failed');
      await call('3', { content: 'a', path: 'a.txt' }, 'completed');
      await call('4', { path: 'a.txt', content: 'b' }, 'completed');
      return done;
    });
    await engine.run(fixture().task(), { ...options, onStep: (step) => steps.push(step) });
    expect(steps.map(({ title }) => title)).toEqual(['write a.txt', 'write a.txt', 'write a.txt']);
    const [one, same, other] = steps.map(({ digest }) => digest);
    expect([one === same, one === other]).toEqual([true, false]);
    expect(seen.at(-1)).toMatchObject({ sessionId: 'new-1', resumed: false });
  });

  it('does not take an end for work', async () => {
    const { engine } = fakeEngine(() => done);
    expect(await engine.run(fixture().task(), runOptions().options)).toMatchObject({ outcome: 'no_change' });
  });

  it.each([
    ['no usage', { stopReason: 'end_turn' as const }],
    ['usage null', { stopReason: 'end_turn' as const, usage: null }],
    ['usage zero', { stopReason: 'end_turn' as const, usage: { inputTokens: 0, outputTokens: 0 } }],
  ])('does not believe an end with %s, even when files changed', async (_title, end) => {
    const { worktree, task } = fixture();
    const { engine } = fakeEngine(() => {
      edit(worktree);
      return end;
    });
    expect(await engine.run(task(), runOptions().options)).toMatchObject({ outcome: 'engine_error', retryable: true });
  });

  it('believes an end without usage of an agent that never reports it', async () => {
    const { worktree, task } = fixture();
    const profile = { ...gooseProfile, quirks: { reportsUsage: false, usageCoversTurn: false, exitsOnInputEnd: true } };
    const turn = () => {
      edit(worktree);
      return { stopReason: 'end_turn' as const };
    };
    expect(await fakeEngine(turn, { profile }).engine.run(task(), runOptions().options)).toMatchObject({
      outcome: 'edited',
      usage: { source: 'none' },
    });
  });

  it.each([acpProfiles.codex, acpProfiles.opencode])(
    'passes on what $name says it used only when that is of the whole turn',
    async (profile) => {
      const { worktree, task } = fixture();
      const turn = () => {
        edit(worktree);
        return done;
      };
      const run = await fakeEngine(turn, { profile }).engine.run(task(), runOptions().options);
      const told = { source: 'engine', inputTokens: 10, outputTokens: 2 };
      expect(run.usage).toEqual(profile.name === 'codex' ? told : { source: 'none' });
    },
  );

  it('does not believe an end after its last message told of a failure, but one that only speaks of it earlier', async () => {
    const broken = fakeEngine(async ({ update }) => {
      await update(toolCall('1'));
      await update(say('Ran into this '));
      await update(say('error: Server error.\n\nPlease retry.'));
      return done;
    });
    const run = await broken.engine.run(fixture().task(), runOptions().options);
    expect(run).toMatchObject({ outcome: 'engine_error', retryable: true });
    expect(run.detail).toContain('Ran into this error: Server error.');
    const fine = fakeEngine(async ({ update }) => {
      await update(say('Ran into this error: a test failed.'));
      await update(toolCall('1'));
      await update(say('It works now.'));
      return done;
    });
    expect(await fine.engine.run(fixture().task(), runOptions().options)).toMatchObject({ outcome: 'no_change' });
  });

  it.each([
    ['-32000', new RequestError(-32_000, 'Authentication required'), false],
    ['401 in its data', new RequestError(-32_603, 'Internal error', { details: '401 Unauthorized' }), false],
    ['another error', new RequestError(-32_603, 'Internal error', { details: 'no luck' }), true],
  ])('tells a refused key from other failures: %s', async (_title, error, retryable) => {
    const { engine } = fakeEngine(() => {
      throw error;
    });
    const run = await engine.run(fixture().task(), runOptions().options);
    expect(run).toMatchObject({ outcome: 'engine_error', retryable });
  });

  it('reports an agent that dies in the middle of a turn', async () => {
    const { engine, closed } = fakeEngine(async ({ die }) => {
      die();
      return await new Promise(() => undefined);
    });
    const run = await engine.run(fixture().task(), runOptions().options);
    expect(run).toMatchObject({ outcome: 'engine_error', retryable: true });
    expect(closed()).toBe(1);
  });

  it.each([
    ['refusal', 'refused', false],
    ['max_tokens', 'engine_error', true],
    ['max_turn_requests', 'engine_error', true],
    ['cancelled', 'engine_error', true],
  ] as const)('takes %s without work for %s', async (stopReason, outcome, retryable) => {
    const { engine } = fakeEngine(() => ({ stopReason, usage: used }));
    expect(await engine.run(fixture().task(), runOptions().options)).toMatchObject({ outcome, retryable });
  });

  it('takes work before a limit of the agent for work', async () => {
    const { worktree, task } = fixture();
    const { engine } = fakeEngine(() => {
      edit(worktree);
      return { stopReason: 'max_turn_requests', usage: used };
    });
    const run = await engine.run(task(), runOptions().options);
    expect(run).toMatchObject({ outcome: 'edited' });
    expect(run.detail).toContain('max_turn_requests');
  });

  it('waits for updates that come after the answer', async () => {
    const { engine } = fakeEngine(({ update }) => {
      const cost = { amount: 0.25, currency: 'USD' };
      void pause(100).then(async () => await update({ sessionUpdate: 'usage_update', used: 12, size: 100, cost }));
      return done;
    });
    const run = await engine.run(fixture().task(), runOptions().options);
    expect(run.usage).toEqual({ source: 'engine', costUsd: 0.25 });
  });

  it('asks an agent to stop before its process is ended', async () => {
    const { stop, options } = runOptions();
    const { engine, methods, closed } = fakeEngine(async ({ cancelled }) => {
      stop.abort();
      await new Promise((resolve) => cancelled.addEventListener('abort', resolve));
      return { stopReason: 'cancelled' };
    });
    expect(await engine.run(fixture().task(), options)).toMatchObject({ outcome: 'cancelled', retryable: true });
    expect(methods().at(-1)).toBe('session/cancel');
    expect(closed()).toBe(1);
  });

  it('does not wait for an agent that ignores being asked to stop', async () => {
    const { stop, options } = runOptions();
    const { engine, closed } = fakeEngine(async () => {
      stop.abort();
      return await new Promise(() => undefined);
    });
    expect(await engine.run(fixture().task(), options)).toMatchObject({ outcome: 'cancelled' });
    expect(closed()).toBe(1);
  });

  it('ends a turn at its time limit', async () => {
    const { engine } = fakeEngine(async () => await new Promise(() => undefined), { timeoutMs: 200 });
    const run = await engine.run(fixture().task(), runOptions().options);
    expect(run).toMatchObject({ outcome: 'timeout', retryable: true });
  });
});

describe('a session of an earlier attempt', () => {
  const past = [toolCall('old')];
  const texts: string[] = [];
  const remember = ({ text }: FakeTurn) => {
    texts.push(text);
    return done;
  };
  const resume = { resumeSessionId: 'old-1' };

  it('is loaded, without taking its past for progress, and the task is not told again', async () => {
    const { engine, methods } = fakeEngine(remember, {
      capabilities: { loadSession: true },
      sessions: { 'old-1': past },
    });
    const { options, seen } = runOptions();
    const run = await engine.run(fixture().task(), { ...options, ...resume });
    expect(run).toMatchObject({ resumed: true, sessionId: 'old-1' });
    expect(methods()).toEqual(['initialize', 'session/load', 'session/prompt']);
    expect(texts.at(-1)).toMatch(/^You were interrupted\./);
    expect(seen.at(-1)?.toolCalls).toBe(0);
  });

  it('is resumed rather than loaded when the agent can', async () => {
    const capabilities = { loadSession: true, sessionCapabilities: { resume: {} } };
    const { engine, methods } = fakeEngine(remember, { capabilities, sessions: { 'old-1': past } });
    expect(await engine.run(fixture().task(), { ...runOptions().options, ...resume })).toMatchObject({ resumed: true });
    expect(methods()).toContain('session/resume');
  });

  it.each([
    ['is lost', { loadSession: true }, ['initialize', 'session/load', 'session/new', 'session/prompt']],
    ["can't be loaded by the agent", {}, ['initialize', 'session/new', 'session/prompt']],
  ])('that %s gives way to a fresh one with the whole task', async (_title, capabilities, expected) => {
    const { worktree, task } = fixture();
    edit(worktree);
    const { engine, methods } = fakeEngine(remember, { capabilities });
    const run = await engine.run(task(), { ...runOptions().options, ...resume });
    expect(run).toMatchObject({ outcome: 'edited', resumed: false, sessionId: 'new-1' });
    expect(methods()).toEqual(expected);
    expect(texts.at(-1)).toMatch(/^An earlier attempt at this task was interrupted\.[^]*Task: implement/);
  });
});

describe('questions for permission', () => {
  const options: PermissionOption[] = [
    { optionId: 'x1', name: 'Always', kind: 'allow_always' },
    { optionId: 'x2', name: 'No', kind: 'reject_once' },
    { optionId: 'x3', name: 'Yes', kind: 'allow_once' },
  ];
  const asks = async (
    question: Record<string, unknown>,
    given = options,
    permissions: readonly PermissionRule[] = [],
  ) => {
    let answer: unknown;
    const turn = async ({ ask }: FakeTurn) => {
      answer = await ask({ options: given, toolCall: { toolCallId: '1', ...question } });
      return done;
    };
    const { engine } = fakeEngine(turn, { permissions });
    const { worktree, task } = fixture();
    const run = await engine.run(task(), runOptions().options);
    return { answer, run, worktree };
  };

  it('are answered by the kind of an option, once rather than always, and kept in the transcript', async () => {
    const { answer, run } = await asks({ kind: 'edit', locations: [{ path: 'src/a.ts' }] });
    expect(answer).toEqual({ outcome: { outcome: 'selected', optionId: 'x3' } });
    expect(readFileSync(run.transcriptPath, 'utf8')).toMatch(
      /"type":"permission".*"allowed":true,"reason":"it is in the worktree"/,
    );
  });

  it('are refused by the rules of the project, and a turn without work is then a refused one', async () => {
    const { answer, run } = await asks({ kind: 'execute' }, options, [{ decision: 'deny', kinds: ['execute'] }]);
    expect(answer).toEqual({ outcome: { outcome: 'selected', optionId: 'x2' } });
    expect(run).toMatchObject({ outcome: 'refused', retryable: false });
    expect(readFileSync(run.transcriptPath, 'utf8')).toMatch(
      /"type":"permission".*"allowed":false,"reason":"rule 1 of \\"permissions\\""/,
    );
  });

  it('get no consent when consent is not among the options', async () => {
    const { answer } = await asks({ kind: 'read' }, [{ optionId: 'x', name: 'No', kind: 'reject_always' }]);
    expect(answer).toEqual({ outcome: { outcome: 'cancelled' } });
  });
});

describe('what an agent is given', () => {
  it('is its own key and home, and no other token; no key is in what is kept', async () => {
    const { task } = fixture();
    const { engine, launches } = fakeEngine(() => {
      throw new RequestError(-32_000, `the key ${KEY} is wrong`);
    });
    const run = await engine.run(task(), runOptions().options);
    expect(launches[0]?.env).toMatchObject({ OPENAI_API_KEY: KEY, GOOSE_MODEL: 'm', HOME: task().home, PATH: '/bin' });
    expect(launches[0]?.env).not.toHaveProperty('OTHER_TOKEN');
    expect(run.detail).not.toContain(KEY);
    expect(readFileSync(run.transcriptPath, 'utf8')).not.toContain(KEY);
  });

  it('is no way to our meter that leads over a proxy', async () => {
    const environment = { HTTP_PROXY: 'http://proxy.example', no_proxy: 'example.com,localhost' };
    const { engine, launches } = fakeEngine(() => done, { environment });
    await engine.run(fixture().task(), runOptions().options);
    const hosts = 'example.com,localhost,127.0.0.1';
    expect(launches[0]?.env).toMatchObject({ HTTP_PROXY: 'http://proxy.example', NO_PROXY: hosts, no_proxy: hosts });
  });

  it('is refused when the variable of its key is not set', async () => {
    const access = new DirectModelAccess({ provider: 'openai', model: 'm', apiKeyEnv: 'K', environment: {} });
    const { engine, launches } = fakeEngine(() => done, { access });
    await expect(engine.run(fixture().task(), runOptions().options)).rejects.toMatchObject({
      code: 'MODEL_KEY_MISSING',
    });
    expect(launches).toEqual([]);
  });

  it('is told apart from a program that is not there', async () => {
    const environment = { GOOSE_BIN: join(temporaryFolder('no-goose'), 'goose') };
    const { engine } = fakeEngine(() => done, { environment });
    await expect(engine.describe()).rejects.toMatchObject({ code: 'ENGINE_NOT_INSTALLED' });
  });
});
