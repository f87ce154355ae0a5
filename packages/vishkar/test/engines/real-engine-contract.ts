/**
 * What every real engine behind the Agent Client Protocol has to show, driven by a scripted model on loopback. What can be
 * shown on a fake agent is shown there: an engine of these takes seconds to start.
 */
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { bubblewrap, isProcessAlive, itNeeds, need, ScriptedModelServer, waitUntil } from '@vishkar/testkit';
import type { Needs, ScriptedReply } from '@vishkar/testkit';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import type { AcpProfile } from '../../src/engines/acp/acp-profile.js';
import { AcpEngine } from '../../src/engines/acp/acp-engine.js';
import { findEngineProgram } from '../../src/engines/engine-program.js';
import type { CodingEngine } from '../../src/engines/coding-engine.js';
import { createEngine } from '../../src/engines/create-engine.js';
import { engineConfigSchema } from '../../src/engines/engine-config.js';
import { MeteredModelAccess } from '../../src/engines/metering/metered-model-access.js';
import { DirectModelAccess } from '../../src/engines/model-access.js';
import { engineFixture, runOptions } from './engine-fixture.js';
import type { EngineToolsOf } from './engine-tools.js';
import { startEngineWorker } from './engine-worker.js';

const KEY = 'scripted-key-4711';
/** Some of them take ten seconds to start on a busy machine. */
const LIMIT_MS = 240_000;
/** What the scripted model claims for each call. */
const PER_CALL = { inputTokens: 100, outputTokens: 20 };

export interface RealEngineContract {
  readonly profile: AcpProfile;
  readonly provider: string;
  /** Provider with another wire, for the test of an edit. Default: the same. */
  readonly editsOn?: string;
  readonly tools: EngineToolsOf;
  /** What its tests need beside the engine. */
  readonly needs?: Needs;
  /** Whether a session that was killed a moment ago is always found again. */
  readonly resumesAtOnce: boolean;
}

/** For tests of one engine beyond the contract. */
export interface RealEngineKit {
  readonly installed: Needs;
  /** What the model says in the scenario's one turn. */
  script(scenario: string, replies: readonly ScriptedReply[]): void;
  engineFor(scenario: string): CodingEngine;
}

export function describeRealEngine(contract: RealEngineContract): RealEngineKit {
  const { profile, provider, editsOn = provider, tools, resumesAtOnce } = contract;
  const { name, title, program } = profile;
  const installed: Needs = {
    ...contract.needs,
    engine: need(`${title} (${program.install})`, () => {
      try {
        return findEngineProgram(profile, process.env).path;
      } catch {
        // Told by the skipped test's title.
        return undefined;
      }
    }),
  };
  let model: ScriptedModelServer;
  beforeAll(async () => {
    model = await ScriptedModelServer.start([]);
  });
  afterAll(async () => {
    await model.close();
  });

  const configFor = (scenario: string, more: object = {}) => {
    return { engine: name, provider, model: scenario, host: model.host, apiKeyEnv: 'SCRIPTED_KEY', ...more };
  };
  const engineFor = (scenario: string, more: object = {}) =>
    createEngine(engineConfigSchema.parse(configFor(scenario, more)), {
      repository: '/',
      environment: { ...process.env, SCRIPTED_KEY: KEY },
    });
  const script = (scenario: string, replies: readonly ScriptedReply[]): void =>
    model.setScenario({ model: scenario, turns: [{ match: /Task: /, replies }] });
  const asked = (scenario: string) =>
    model.requests.filter(({ conversation }) => conversation?.model === scenario && conversation.tools.length > 0);

  describe(`${title}, for real`, () => {
    itNeeds(
      installed,
      'edits a linked worktree and commits nothing; it is metered to the token, and never has the key of its model',
      async () => {
        const { worktree, repository, task, git } = engineFixture();
        const { write, shell } = tools(worktree);
        script('edits', [
          { calls: [write('new.txt', 'new\n')] },
          { calls: [shell('env > environment.txt')] },
          { say: 'All done.' },
        ]);
        const engine = engineFor('edits', {
          provider: editsOn,
          price: { inputUsdPerMillion: 3, outputUsdPerMillion: 15 },
        });
        const { options, seen } = runOptions();
        const run = await engine.run(task(), options);
        expect(run).toMatchObject({ outcome: 'edited', resumed: false });
        expect(readFileSync(join(worktree, 'new.txt'), 'utf8')).toBe('new\n');
        expect(git('log', '--oneline').split('\n')).toHaveLength(1);
        expect(existsSync(join(repository, 'new.txt'))).toBe(false);
        expect(seen.at(-1)).toMatchObject({ sessionId: run.sessionId });

        const calls = model.requests.filter(({ conversation }) => conversation?.model === 'edits');
        expect(calls.map(({ state, apiKey }) => [state, apiKey])).toEqual(calls.map(() => ['answered', KEY]));
        const usage = {
          source: 'proxy',
          inputTokens: calls.length * PER_CALL.inputTokens,
          outputTokens: calls.length * PER_CALL.outputTokens,
        };
        expect(run.usage).toMatchObject(usage);
        expect(run.usage.costUsd).toBeCloseTo(calls.length * 0.0006);
        expect(readFileSync(join(worktree, 'environment.txt'), 'utf8')).not.toContain(KEY);
        expect(readFileSync(run.transcriptPath, 'utf8')).not.toContain(KEY);
      },
      LIMIT_MS,
    );

    itNeeds(
      { ...installed, bubblewrap },
      'works in the sandbox of bubblewrap, from which it reaches its model and nothing else',
      async () => {
        const { worktree, task } = engineFixture();
        const { write, shell } = tools(worktree);
        const { port } = new URL(model.host);
        const reach = `(exec 3<>/dev/tcp/127.0.0.1/${port}) 2> /dev/null`;
        script('sandboxed', [
          { calls: [write('new.txt', 'new\n')] },
          { calls: [shell(`bash -c '${reach} && echo reached > out.txt || echo closed > out.txt'`)] },
          { say: 'All done.' },
        ]);
        const run = await engineFor('sandboxed', { isolation: 'bubblewrap' }).run(task(), runOptions().options);
        expect(run).toMatchObject({ outcome: 'edited', usage: { source: 'proxy' } });
        expect(readFileSync(join(worktree, 'new.txt'), 'utf8')).toBe('new\n');
        expect(readFileSync(join(worktree, 'out.txt'), 'utf8')).toBe('closed\n');
      },
      LIMIT_MS,
    );

    itNeeds(
      installed,
      'goes on after worker and engine were killed in the middle of a tool; stopped then, nothing of it is left',
      async () => {
        const { folder, worktree, task } = engineFixture();
        const { write, shell } = tools(worktree);
        const startedFile = join(worktree, 'started');
        script('killed', [
          { calls: [write('first.txt', 'first\n')] },
          // Hangs the first time only, in a session of its own, so that no group takes it along. Some engines run it
          // again when they go on, some take it for done.
          { calls: [shell(`test -f ${startedFile} || { touch ${startedFile}; setsid tail -f /dev/null; }`)] },
          { calls: [shell('echo second > second.txt')] },
          { say: 'late', fault: { delayHeadersMs: 600_000 } },
        ]);
        const worker = startEngineWorker(configFor('killed'), task(), { environment: { SCRIPTED_KEY: KEY } });
        await waitUntil(() => existsSync(startedFile), { what: 'the tool to start', timeoutMs: 120_000 });
        const { sessionId, pid } = JSON.parse(
          (await worker.waitForOutput(/progress (\{.*"sessionId".*\})/))[1] ?? '',
        ) as { sessionId: string; pid: number };
        process.kill(worker.pid, 'SIGKILL');
        await worker.exited;

        const { stop, options, seen } = runOptions();
        const running = engineFor('killed').run(task(), { ...options, resumeSessionId: sessionId });
        const isSilent = () => asked('killed').some(({ reply, state }) => reply === 3 && state === 'open');
        await waitUntil(isSilent, { what: 'the model to be asked for more', timeoutMs: 120_000 });
        expect(isProcessAlive(pid)).toBe(false);
        stop.abort(new Error('enough'));
        const run = await running;
        expect(run).toMatchObject({ outcome: 'cancelled', retryable: true });
        if (resumesAtOnce) {
          expect(run).toMatchObject({ resumed: true, sessionId });
          // The first reply was not asked for again: the session knew that it was done.
          expect(asked('killed').filter(({ reply }) => reply === 0)).toHaveLength(1);
        }
        expect(readFileSync(join(worktree, 'second.txt'), 'utf8')).toBe('second\n');
        expect(isProcessAlive(seen.at(-1)?.pid ?? 0)).toBe(false);
        expect(processesIn(folder)).toEqual([]);
      },
      LIMIT_MS,
    );

    itNeeds(
      installed,
      'is not tried again when the provider refuses the key',
      async () => {
        script('key', [{ fault: { status: 401 } }]);
        const run = await engineFor('key').run(engineFixture().task(), runOptions().options);
        expect(run).toMatchObject({ outcome: 'engine_error', retryable: false });
        expect(run.detail).not.toContain(KEY);
        // Codex asks a second time at once; nobody goes on asking.
        expect(asked('key').length).toBeLessThanOrEqual(2);
      },
      LIMIT_MS,
    );

    itNeeds(
      installed,
      'fails so that it can be tried again when its provider fails, whatever it does then',
      async () => {
        script('outage', [{ fault: { status: 500 } }]);
        const direct = new DirectModelAccess({ ...configFor('outage'), environment: { SCRIPTED_KEY: KEY } });
        const engine = new AcpEngine({
          profile,
          access: new MeteredModelAccess(direct),
          environment: process.env,
          timeoutMs: 120_000,
          idleTimeoutMs: 120_000,
          failedCallsLimit: 2,
        });
        const { options, seen } = runOptions();
        const run = await engine.run(engineFixture().task(), options);
        expect(run).toMatchObject({ outcome: 'engine_error', retryable: true });
        expect(run.detail).toContain('500 to its last 2 calls');
        expect(isProcessAlive(seen.at(-1)?.pid ?? 0)).toBe(false);
      },
      LIMIT_MS,
    );
  });
  return { installed, script, engineFor };
}

/** Processes that work in a folder or below it; where the system does not tell, none. */
function processesIn(folder: string): readonly string[] {
  if (!existsSync('/proc/self/cwd')) return [];
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readlinkSync(`/proc/${pid}/cwd`).startsWith(folder);
    } catch {
      // Ended meanwhile, or not ours.
      return false;
    }
  });
}
