/**
 * Real Goose in the middle of its turn, driven by a scripted model through the built command: a person says something to it, then
 * worker, service and engine are killed at once, then the engine alone. What that cost is in the evidence, measured; the session
 * goes on, has heard the person once, and every token is counted once.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { goose, itNeeds, ScriptedModelServer, waitUntil } from '@vishkar/testkit';
import type { ScriptedReply } from '@vishkar/testkit';
import { expect, onTestFinished } from 'vitest';
import type { AttemptLine } from '../../src/activities/attempt-record.js';
import type { Evidence } from '../../src/domain/evidence.js';
import type { Interruption } from '../../src/domain/interruption.js';
import type { Usage } from '../../src/domain/usage.js';
import { commandLine } from '../support/command-line.js';
import { killHard, linux, processesOf } from '../support/own-processes.js';

const MODEL = 'killed-engine';
/** Of a scripted answer. */
const TOKENS = 120;
const THINKS = { fault: { delayHeadersMs: 5_000 } };
const write = (path: string): ScriptedReply => ({
  calls: [{ tool: 'write', arguments: { path, content: `${path}\n` } }],
});

interface TurnData {
  readonly interruptions: readonly Interruption[];
  readonly usage: Usage;
  readonly usedBefore: readonly { readonly marker: string; readonly usage: Usage }[];
  readonly answers: readonly { readonly by: string; readonly text: string }[];
}

itNeeds(
  { goose, linux },
  'an engine that is killed with its worker, then alone, goes on in its session: at most one heartbeat interval of its work is lost',
  async ({ goose: binary }) => {
    const model = await ScriptedModelServer.start([
      {
        model: MODEL,
        turns: [
          {
            match: /Task: implement, /,
            replies: [
              write('one.txt'),
              { ...write('two.txt'), ...THINKS },
              { ...write('three.txt'), ...THINKS },
              { ...write('four.txt'), ...THINKS },
              { say: 'Done.' },
            ],
          },
        ],
      },
    ]);
    onTestFinished(() => model.close());
    const { checkout, home, start, json } = commandLine(() => ({ GOOSE_BIN: binary, OPENAI_API_KEY: 'scripted-key' }));
    const engine = { engine: 'goose', provider: 'openai', model: MODEL, host: model.host };
    writeFileSync(join(checkout, 'vishkar.config.json'), JSON.stringify({ engine }));
    const engines = () => processesOf(binary, home);
    const attempts = () => recordsBelow(home);
    const has = (lines: readonly AttemptLine[] | undefined, type: AttemptLine['type'], times = 1) =>
      (lines ?? []).filter((line) => line.type === type).length >= times;
    const limits = { timeoutMs: 120_000 };

    const run = start('run', '--story', 'Add four files', '--json');
    await waitUntil(() => has(attempts()[0], 'step'), { ...limits, what: 'the first step to be done' });
    expect(await json('steer', 'DEMO-1', 'mind the umlauts', '--by', 'Ann')).toMatchObject({
      ...{ code: 0, value: { by: 'Ann', told: expect.stringContaining('is told now') } },
    });
    // And is in the middle of its next step for a while.
    const isTold = () =>
      has(attempts()[0], 'handed-on') && has(attempts()[0], 'step', 2) && has(attempts()[0]?.slice(-2), 'alive', 2);
    await waitUntil(isTold, { ...limits, what: 'the engine to go on with what it was told' });
    const first = [run.pid, ...engines()];
    expect(first.length).toBeGreaterThan(1);
    expect(first.map(killHard)).toEqual(first.map(() => true));
    await run.exited;

    start('run', 'DEMO-1', '--json');
    await waitUntil(() => has(attempts()[1], 'step'), { ...limits, what: 'the second attempt to do a step' });
    expect(engines().map(killHard)).toContain(true);

    const done = async (): Promise<(Evidence & { data: unknown }) | undefined> => {
      const { value } = await json('status', 'DEMO-1');
      return (value as { evidence: readonly Evidence[] }).evidence.find(({ step }) => step === 'implement');
    };
    let evidence: Evidence | undefined;
    await waitUntil(async () => (evidence = await done()) !== undefined, { ...limits, what: 'the step to be done' });
    const data = evidence?.data as unknown as TurnData;
    console.log(`cut off: ${JSON.stringify(data.interruptions)}`);
    expect(data.interruptions).toMatchObject([
      { attempt: 1, cause: 'worker_gone', continuedBy: 'session', repeatedSteps: 0 },
      { attempt: 2, cause: 'engine_error', continuedBy: 'session', finishedSteps: 1, repeatedSteps: 0 },
    ]);
    for (const { lostMs, heartbeatIntervalMs } of data.interruptions)
      expect(lostMs).toBeLessThanOrEqual(heartbeatIntervalMs);

    const asked = model.requests.filter(({ turn }) => turn === 0);
    const said = asked.at(-1)?.conversation?.messages.filter(({ text }) => text.includes('Ann says: mind the umlauts'));
    expect(said).toHaveLength(1);
    expect(data.answers).toMatchObject([{ by: 'Ann', text: 'mind the umlauts' }]);
    const markers = data.usedBefore.map(({ marker }) => marker);
    expect(markers).toEqual([...new Set(markers)]);
    const counted = [data.usage, ...data.usedBefore.map(({ usage }) => usage)];
    expect(counted.reduce((sum, { inputTokens = 0, outputTokens = 0 }) => sum + inputTokens + outputTokens, 0)).toBe(
      asked.filter(({ state }) => state === 'answered').length * TOKENS,
    );
    // What was finished was not asked for again; only what was in the middle when she spoke was.
    const answered = asked.filter(({ state }) => state === 'answered').map(({ reply }) => reply);
    expect(answered.length - new Set(answered).size).toBeLessThanOrEqual(1);
    expect(await json('cancel', 'DEMO-1')).toMatchObject({ code: 0 });
  },
  400_000,
);

/** The records of all attempts, in the order in which they began. */
function recordsBelow(folder: string): readonly (readonly AttemptLine[])[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('attempt.jsonl'))
    .map((file) =>
      readFileSync(join(folder, file), 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as AttemptLine),
    )
    .toSorted(([one], [other]) => (one?.at ?? 0) - (other?.at ?? 0));
}
