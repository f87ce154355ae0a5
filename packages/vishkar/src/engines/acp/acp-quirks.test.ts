/** Quirks that were measured in real agents, shown on a fake one whose calls to the model pass the meter. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { RequestError } from '@agentclientprotocol/sdk';
import type { PermissionOption, SessionUpdate } from '@agentclientprotocol/sdk';
import { ScriptedModelServer, startFakeAcpAgent } from '@vishkar/testkit';
import type { FakeAcpAgentOptions, FakeTurn, FakeTurnEnd, ScriptedReply } from '@vishkar/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engineFixture, runOptions } from '../../../test/engines/engine-fixture.js';
import { MeteredModelAccess } from '../metering/metered-model-access.js';
import { DirectModelAccess } from '../model-access.js';
import { AcpEngine } from './acp-engine.js';
import type { AcpEngineOptions } from './acp-engine.js';
import type { AcpProfile } from './acp-profile.js';
import { acpProfiles } from './acp-profiles.js';
import type { LaunchOptions } from './agent-transport.js';

let model: ScriptedModelServer;
beforeAll(async () => {
  model = await ScriptedModelServer.start([]);
});
afterAll(async () => {
  await model.close();
});

type AskModel = () => Promise<number>;
const done: FakeTurnEnd = { stopReason: 'end_turn', usage: { inputTokens: 100, outputTokens: 20 } };
let scenarios = 0;

/** An engine with a profile, whose agent is the given turn; `ask` calls the model as the engine would, by its meter. */
function metered(
  profile: AcpProfile,
  replies: readonly ScriptedReply[],
  turn: (turn: FakeTurn, ask: AskModel) => FakeTurnEnd | Promise<FakeTurnEnd>,
  more: Partial<AcpEngineOptions> & Pick<FakeAcpAgentOptions, 'capabilities' | 'sessions'> = {},
) {
  scenarios += 1;
  const name = `m${String(scenarios)}`;
  model.setScenario({ model: name, turns: [{ match: /Task/, replies }] });
  const direct = new DirectModelAccess({
    provider: 'openai',
    model: name,
    host: model.host,
    apiKeyEnv: 'K',
    environment: { K: 'the-key' },
  });
  const launches: LaunchOptions[] = [];
  const calls: { method: string; params: unknown }[] = [];
  const { capabilities, sessions, ...options } = more;
  let meter = { host: '', apiKey: '' };
  const access = new MeteredModelAccess(direct);
  const engine = new AcpEngine({
    profile,
    access: {
      label: access.label,
      open: async () => {
        const opened = await access.open();
        meter = { host: opened.settings.host ?? '', apiKey: opened.settings.apiKey ?? '' };
        return opened;
      },
    },
    environment: {},
    timeoutMs: 50_000,
    idleTimeoutMs: 50_000,
    cancelWaitMs: 200,
    launch: async (launch) => {
      launches.push(launch);
      const ask: AskModel = async () => {
        const response = await fetch(`${meter.host}/v1/chat/completions`, {
          method: 'POST',
          headers: { authorization: `Bearer ${meter.apiKey}` },
          body: JSON.stringify({
            model: name,
            tools: [{ function: { name: 'write' } }],
            messages: [{ role: 'user', content: 'Task' }],
          }),
        });
        await response.text();
        return response.status;
      };
      const agent = startFakeAcpAgent({
        turn: async (given) => await turn(given, ask),
        ...(capabilities === undefined ? {} : { capabilities }),
        ...(sessions === undefined ? {} : { sessions }),
      });
      return await Promise.resolve({
        stream: agent.stream,
        bytes: () => 1,
        ending: async () => await Promise.resolve(undefined),
        close: async () => void calls.push(...(await Promise.resolve(agent.calls))),
      });
    },
    ...options,
  });
  return { engine, launches, calls, name };
}

const { goose, codex, opencode, qwen, gemini } = acpProfiles;
const fails = (status: number): readonly ScriptedReply[] => [{ fault: { status } }];
const answers: readonly ScriptedReply[] = [{ say: 'Done.' }];
const all = Object.entries(acpProfiles);

describe('an end that looks normal', () => {
  it.each(all)('of %s is not believed after its provider failed, even when files changed', async (_name, profile) => {
    const { worktree, task } = engineFixture();
    const { engine } = metered(profile, fails(500), async (_turn, ask) => {
      await ask();
      writeFileSync(join(worktree, 'half.txt'), 'half');
      return done;
    });
    const run = await engine.run(task(), runOptions().options);
    expect(run).toMatchObject({ outcome: 'engine_error', retryable: true });
    expect(run.detail).toContain('500');
  });

  it.each(all)('of %s is believed when files changed and the model answered', async (name, profile) => {
    const { worktree, task } = engineFixture();
    const { engine, launches, calls } = metered(profile, answers, async (_turn, ask) => {
      await ask();
      writeFileSync(join(worktree, 'whole.txt'), 'whole');
      return done;
    });
    const run = await engine.run(task(), runOptions().options);
    const usage = { source: 'proxy', inputTokens: 100, outputTokens: 20 };
    expect(run).toMatchObject({ outcome: 'edited', usage });
    expect(launches[0]?.argv).toEqual([name, ...profile.args]);
    expect(JSON.stringify([launches[0]?.argv, launches[0]?.env])).not.toContain('the-key');
    const modes = calls.filter(({ method }) => method === 'session/set_mode').map(({ params }) => params);
    expect(modes).toEqual(
      profile.sessionMode === undefined ? [] : [{ sessionId: 'new-1', modeId: profile.sessionMode }],
    );
  });

  it('is not believed when the model was never asked, also of an agent that never tells its usage', async () => {
    const { engine } = metered(qwen, answers, () => ({ stopReason: 'end_turn' }));
    const run = await engine.run(engineFixture().task(), runOptions().options);
    expect(run).toMatchObject({ outcome: 'engine_error', retryable: true });
  });

  it('is believed although a title was refused to the agent afterwards', async () => {
    const { worktree, task } = engineFixture();
    const replies: readonly ScriptedReply[] = [{ say: 'Done.', fault: { status: 403, times: 1 } }];
    const { engine, name } = metered(codex, answers, async (_turn, ask) => {
      await ask();
      writeFileSync(join(worktree, 'whole.txt'), 'whole');
      model.setScenario({ model: name, turns: [{ match: /Task/, replies }] });
      // After the answer is on its way.
      void pause(50)
        .then(ask)
        .catch(() => undefined);
      return done;
    });
    expect(await engine.run(task(), runOptions().options)).toMatchObject({ outcome: 'edited' });
  });
});

describe('an agent that tries again in silence', () => {
  const forever = async (turn: FakeTurn, ask: AskModel, pauseMs: number): Promise<FakeTurnEnd> => {
    while (!turn.cancelled.aborted) {
      await ask();
      await pause(pauseMs);
    }
    return { stopReason: 'cancelled' };
  };

  it('is ended after the fifth call in a row that failed', async () => {
    const { engine, name } = metered(opencode, fails(503), async (turn, ask) => await forever(turn, ask, 5));
    const run = await engine.run(engineFixture().task(), runOptions().options);
    expect(run).toMatchObject({ outcome: 'engine_error', retryable: true });
    expect(run.detail).toMatch(/503 to its last \d+ calls/);
    const asked = model.requests.filter(({ conversation }) => conversation?.model === name);
    expect(asked.length).toBeGreaterThanOrEqual(5);
  });

  it('is silent: calls that fail are no sign of life', async () => {
    const limits = { idleTimeoutMs: 400, failedCallsLimit: 1_000 };
    const { engine } = metered(gemini, fails(500), async (turn, ask) => await forever(turn, ask, 20), limits);
    const run = await engine.run(engineFixture().task(), runOptions().options);
    expect(run).toMatchObject({ outcome: 'engine_error', retryable: true });
  });

  it('goes on when its provider comes back', async () => {
    const { worktree, task } = engineFixture();
    const replies: readonly ScriptedReply[] = [{ say: 'Done.', fault: { status: 500, times: 4 } }];
    const { engine } = metered(opencode, replies, async (_turn, ask) => {
      while ((await ask()) !== 200);
      writeFileSync(join(worktree, 'whole.txt'), 'whole');
      return done;
    });
    expect(await engine.run(task(), runOptions().options)).toMatchObject({ outcome: 'edited' });
  });
});

describe('a refused key', () => {
  it.each([401, 403])('is known by the answer %i on the wire, whatever the agent makes of it', async (status) => {
    const { engine } = metered(opencode, fails(status), async (_turn, ask) => {
      await ask();
      throw new RequestError(-32_603, 'Internal error');
    });
    const run = await engine.run(engineFixture().task(), runOptions().options);
    expect(run).toMatchObject({ outcome: 'engine_error', retryable: false });
  });
});

it('a key of the provider that an error quotes is in nothing that is kept, although the engine never had it', async () => {
  const { engine } = metered(opencode, fails(401), async (_turn, ask) => {
    await ask();
    throw new RequestError(-32_000, 'Incorrect API key provided: the-key');
  });
  const run = await engine.run(engineFixture().task(), runOptions().options);
  expect(run.detail).toContain('Incorrect API key provided');
  expect(run.detail + readFileSync(run.transcriptPath, 'utf8')).not.toContain('the-key');
});

describe('an agent that was not permitted something', () => {
  const refused = async ({ ask }: FakeTurn) => {
    const options: PermissionOption[] = [{ optionId: 'n', name: 'No', kind: 'reject_once' }];
    const toolCall = { toolCallId: '1', kind: 'edit' as const, locations: [{ path: '/etc/passwd' }] };
    await ask({ options, toolCall });
  };

  it.each([opencode, qwen])('and ends its turn as if all were well ($name) was refused', async (profile) => {
    const { engine } = metered(profile, answers, async (turn, ask) => {
      await ask();
      await refused(turn);
      return done;
    });
    const run = await engine.run(engineFixture().task(), runOptions().options);
    expect(run).toMatchObject({ outcome: 'refused', retryable: false });
  });

  it.each([goose, gemini])('and goes on with what it may ($name) has worked', async (profile) => {
    const { worktree, task } = engineFixture();
    const { engine } = metered(profile, answers, async (turn, ask) => {
      await refused(turn);
      await ask();
      writeFileSync(join(worktree, 'whole.txt'), 'whole');
      return done;
    });
    expect(await engine.run(task(), runOptions().options)).toMatchObject({ outcome: 'edited' });
  });
});

describe('Codex', () => {
  it('ends its turn as cancelled when something is not permitted: that is a refusal', async () => {
    const options: PermissionOption[] = [
      { optionId: 'approved', name: 'Yes', kind: 'allow_once' },
      { optionId: 'abort', name: 'No, and tell it what to do', kind: 'reject_once' },
    ];
    const { engine } = metered(codex, answers, async ({ ask }, askModel) => {
      await askModel();
      const command = ['bash', '-lc', 'git push origin main'];
      const toolCall = { toolCallId: '1', kind: 'execute' as const, rawInput: { command } };
      const { outcome } = await ask({ options, toolCall });
      return outcome.outcome === 'selected' && outcome.optionId === 'abort' ? { stopReason: 'cancelled' } : done;
    });
    const run = await engine.run(engineFixture().task(), runOptions().options);
    expect(run).toMatchObject({ outcome: 'refused', retryable: false });
  });

  it('is asked to title its session, and a version that does not know this goes on', async () => {
    const { engine } = metered(codex, answers, async (_turn, ask) => {
      await ask();
      return done;
    });
    const run = await engine.run(engineFixture().task(), runOptions().options);
    expect(run).toMatchObject({ outcome: 'no_change' });
    expect(readFileSync(run.transcriptPath, 'utf8')).toMatch(/"session-request".*"refused"/);
  });
});

describe('a session that is loaded', () => {
  const past: SessionUpdate[] = [
    { sessionUpdate: 'available_commands_update', availableCommands: [] },
    { sessionUpdate: 'user_message_chunk', content: { type: 'text', text: 'Task' } },
  ];
  it.each([
    ['with its past goes on', past, true],
    ['without any past is none: the task is told again in a fresh one', past.slice(0, 1), false],
  ])('%s', async (_title, updates, resumed) => {
    let told = '';
    const turn = async ({ text }: FakeTurn, ask: AskModel) => {
      told = text;
      await ask();
      return done;
    };
    const { engine } = metered(gemini, answers, turn, {
      capabilities: { loadSession: true },
      sessions: { old: updates },
    });
    const run = await engine.run(engineFixture().task(), { ...runOptions().options, resumeSessionId: 'old' });
    expect(run).toMatchObject({ resumed, sessionId: resumed ? 'old' : 'new-1' });
    expect(/Task: implement/.test(told)).toBe(!resumed);
  });
});

it('Goose that reports no usage is believed when the meter saw its calls answered', async () => {
  const { worktree, task } = engineFixture();
  const { engine } = metered(goose, answers, async (_turn, ask) => {
    await ask();
    writeFileSync(join(worktree, 'whole.txt'), 'whole');
    return { stopReason: 'end_turn', usage: null };
  });
  expect(await engine.run(task(), runOptions().options)).toMatchObject({ outcome: 'edited' });
});
