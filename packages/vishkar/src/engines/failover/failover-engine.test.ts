import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitUntil } from '@vishkar/testkit';
import { describe, expect, it } from 'vitest';
import { engineFixture, runOptions } from '../../../test/engines/engine-fixture.js';
import { VishkarError } from '../../errors.js';
import type { CodingEngine, EngineRun } from '../coding-engine.js';
import { CommandEngine } from '../command-engine.js';
import { FailoverEngine } from './failover-engine.js';
import type { ListedEngine } from './failover-engine.js';

/** A real program, known by its model. */
function program(model: string, ...argv: readonly string[]): ListedEngine {
  const engine = new CommandEngine({
    argv,
    promptBy: 'file',
    model,
    version: '1',
    environment: { PATH: process.env['PATH'] },
    passEnvironment: [],
    timeoutMs: 50_000,
    idleTimeoutMs: 50_000,
  });
  return { name: 'command', engine };
}
const shell = (model: string, script: string) => program(model, 'sh', '-c', script);
const list = (...engines: readonly ListedEngine[]) => new FailoverEngine({ engines, attempts: 2, retryAfterMs: [0] });

/** An engine that ends as it is told, whatever it does. */
function ending(run: Partial<EngineRun>): ListedEngine {
  const engine: CodingEngine = {
    describe: async () => await Promise.resolve({ name: 'fake', version: '1', model: 'm' }),
    run: async () =>
      await Promise.resolve({
        outcome: 'engine_error',
        retryable: false,
        detail: 'It ended.',
        resumed: false,
        usage: { source: 'proxy', inputTokens: 10, outputTokens: 1 },
        transcriptPath: '/none',
        ...run,
      }),
  };
  return { name: 'fake', engine };
}

describe('FailoverEngine', () => {
  it('takes the next engine when one is not installed or fails, and tells who worked and why the others did not', async () => {
    const { worktree, task } = engineFixture();
    const engine = list(
      program('absent', '/no/such/engine'),
      shell('broken', 'echo attempt >> "$HOME/tries"; echo no luck; exit 7'),
      shell('working', 'echo done > work.txt'),
      shell('unasked', 'echo never > never.txt'),
    );
    const run = await engine.run(task(), runOptions().options);
    expect(run).toMatchObject({ outcome: 'edited', engine: { name: 'command', version: '1', model: 'working' } });
    expect(run.passedOver).toEqual([
      { engine: 'command', why: expect.stringContaining('/no/such/engine') },
      { engine: 'command (broken)', why: expect.stringContaining('no luck') },
    ]);
    expect(readFileSync(join(task().home, '2-command/tries'), 'utf8')).toBe('attempt\nattempt\n');
    expect(existsSync(join(worktree, 'never.txt'))).toBe(false);
    expect(readFileSync(run.transcriptPath, 'utf8')).toContain('"outcome":"edited"');
    expect(existsSync(join(task().outputFolder, '2-command-attempt-2/engine.log'))).toBe(true);
  });

  it('is described by the first that is installed, and says what is missing when none is', async () => {
    const absent = program('absent', '/no/such/engine');
    expect(await list(absent, shell('here', 'true')).describe()).toMatchObject({ model: 'here' });
    await expect(list(absent, absent).describe()).rejects.toMatchObject({ code: 'ENGINE_NOT_INSTALLED' });
    await expect(list(absent).run(engineFixture().task(), runOptions().options)).rejects.toMatchObject({
      code: 'ENGINE_NOT_INSTALLED',
    });
  });

  it('asks a person when nobody did the work, with what each of them said and all that it cost', async () => {
    const run = await list(ending({ detail: 'One is down.' }), ending({ detail: 'So is the other.' })).run(
      engineFixture().task(),
      runOptions().options,
    );
    expect(run).toMatchObject({
      outcome: 'engine_error',
      retryable: false,
      usage: { source: 'proxy', inputTokens: 20, outputTokens: 2 },
    });
    expect(run.detail).toBe('No engine of the list did the work. fake (m): One is down. fake (m): So is the other.');
  });

  it('does not wait for a provider while another engine can work, and when none can, for the first that opens', async () => {
    const limited = (resumesAtMs: number | undefined) => ending({ limit: { resumesAtMs, kind: 'rate_limit' } });
    const standIn = await list(limited(2_000), ending({ outcome: 'edited' })).run(
      engineFixture().task(),
      runOptions().options,
    );
    expect(standIn.outcome).toBe('edited');
    expect(standIn).not.toHaveProperty('limit');
    const none = await list(limited(undefined), limited(2_000), limited(1_000), ending({})).run(
      engineFixture().task(),
      runOptions().options,
    );
    expect(none).toMatchObject({ outcome: 'engine_error', limit: { resumesAtMs: 1_000 } });
  });

  it('spends no other engine on a turn that used up its budget', async () => {
    const spent = ending({ budgetSpent: true, detail: 'The budget is used up.' });
    const run = await list(spent, ending({ outcome: 'edited' })).run(engineFixture().task(), runOptions().options);
    expect(run).toMatchObject({ outcome: 'engine_error', retryable: false, detail: 'The budget is used up.' });
  });

  it('goes on with the engine, the attempt and the session at which it was cut off', async () => {
    const { task } = engineFixture();
    const cut = runOptions();
    const running = list(ending({}), shell('slow', 'echo begun; exec sleep 600')).run(task(), cut.options);
    await waitUntil(() => cut.seen.at(-1)?.activity === 'begun', { what: 'the second engine to work' });
    cut.stop.abort();
    expect(await running).toMatchObject({ outcome: 'cancelled', engine: { model: 'slow' } });

    const place = cut.seen.at(-1)?.sessionId ?? '';
    const engine = list(ending({ outcome: 'edited' }), shell('slow', 'echo done > work.txt'));
    const resumed = await engine.run(task(), { ...runOptions().options, resumeSessionId: place });
    expect(resumed).toMatchObject({ outcome: 'edited', engine: { model: 'slow' } });

    const sessions: (string | undefined)[] = [];
    const recording: ListedEngine = {
      name: 'command',
      engine: {
        ...ending({ outcome: 'edited' }).engine,
        run: async (given, options) => {
          sessions.push(options.resumeSessionId);
          return await ending({ outcome: 'edited' }).engine.run(given, options);
        },
      },
    };
    await list(ending({}), recording).run(task(), { ...runOptions().options, resumeSessionId: `${place}inner-7` });
    expect(sessions).toEqual(['inner-7']);
  });

  it('passes on an error that another engine would meet as well', async () => {
    const broken: CodingEngine = {
      ...ending({}).engine,
      run: async () => await Promise.reject(new VishkarError('PROCESS_SURVIVED', 'It lives.', { hint: 'End it.' })),
    };
    await expect(
      list({ name: 'fake', engine: broken }, ending({})).run(engineFixture().task(), runOptions().options),
    ).rejects.toMatchObject({ code: 'PROCESS_SURVIVED' });
  });
});
