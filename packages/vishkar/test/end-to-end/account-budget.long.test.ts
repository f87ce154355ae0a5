/**
 * Stories of one account on a real Temporal dev server, their engine real Goose on a scripted model, measured on the wire: at 80 % of
 * what they may use together it is told, at 100 % each that wants more parks and asks, and one person's "raise" lets all go on.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  freePort,
  goose,
  itNeeds,
  ScriptedModelServer,
  startChild,
  temporalDevServer,
  waitUntil,
} from '@vishkar/testkit';
import type { ScriptedReply } from '@vishkar/testkit';
import { expect, onTestFinished } from 'vitest';
import { commandLine } from '../support/command-line.js';
import { answersAt } from '../support/dev-server.js';

const MODEL = 'account-budget';
const LIMIT = 1_000;
const ACCOUNT = 'team';

/** Two replies each: 900 tokens of the first story leave room for one more turn, of 200. */
const turn = (command: string, tokens: number): readonly ScriptedReply[] => {
  const usage = { inputTokens: tokens / 2, outputTokens: 0 };
  return [
    { calls: [{ tool: 'shell', arguments: { command } }], usage },
    { say: 'Done.', usage },
  ];
};

/** A test for each case that the story has. */
const WRITE_TESTS = `
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
const ids = readdirSync('tests/cases').flatMap((file) => readFileSync('tests/cases/' + file, 'utf8').match(/TC-[A-Z]+-\\d+-\\d+/g) ?? []);
writeFileSync('test/next.test.js', "import test from 'node:test';\\nimport assert from 'node:assert';\\n" +
  "import { next } from '../src/next.js';\\n" + [...new Set(ids)].map((id) => "test('" + id + "', () => assert.equal(next(1), 2));").join('\\n') + '\\n');
`;

interface Status {
  readonly notes: readonly string[];
  readonly waiting: { readonly for: string; readonly step: string; readonly question: string } | null;
  readonly evidence: readonly { readonly step: string }[];
}

itNeeds(
  { goose, temporal: temporalDevServer },
  'two stories of one account: 80 % is told, 100 % parks both and asks, one "raise" lets both go on',
  async ({ goose: binary, temporal }) => {
    const port = String(await freePort());
    const address = `127.0.0.1:${port}`;
    const server = startChild(temporal, ['server', 'start-dev', '--headless', '--ip', '127.0.0.1', '--port', port]);
    onTestFinished(async () => void (await server.stop()));
    await waitUntil(() => answersAt(address), { what: 'the dev server to answer', timeoutMs: 60_000 });
    const model = await ScriptedModelServer.start([]);
    onTestFinished(() => model.close());
    const { root, checkout, start, json } = commandLine(() => {
      return { GOOSE_BIN: binary, OPENAI_API_KEY: 'scripted-key', TEMPORAL_ADDRESS: address };
    });
    const program = join(root, 'write-tests.mjs');
    writeFileSync(program, WRITE_TESTS);
    const implement = "printf 'export const next = (n) => n + 1;\\n' > src/next.js";
    model.setScenario({
      model: MODEL,
      turns: [
        { match: /Task: implement, /, replies: turn(implement, 200) },
        { match: /Task: implement-tests, /, replies: turn(`node '${program}'`, 700) },
      ],
    });
    writeFileSync(
      join(checkout, 'vishkar.config.json'),
      JSON.stringify({
        engine: { engine: 'goose', provider: 'openai', model: MODEL, host: model.host },
        story: { accountBudget: { account: ACCOUNT, total: { tokens: LIMIT } } },
      }),
    );
    const status = async (key: string) => (await json('status', key)).value as unknown as Status;

    const first = start('run', '--story', 'Add a function that returns the next number', '--json');
    await first.waitForOutput(/waits for (?:approval|decision)/, 200_000);
    expect(first.stderr).not.toContain('waits for decision');
    expect((await status('DEMO-1')).notes).toContainEqual(
      expect.stringMatching(new RegExp(`nearly used up: .*account ${ACCOUNT}: 900 of ${String(LIMIT)} tokens`)),
    );

    const second = start('run', '--story', 'Add it again', '--json');
    await second.waitForOutput(/waits for budget/, 200_000);
    expect(await status('DEMO-2')).toMatchObject({
      waiting: { for: 'budget', step: 'test.implement', question: expect.stringContaining('1100 of 1000 tokens') },
    });
    const third = start('run', '--story', 'Add it once more', '--json');
    await third.waitForOutput(/waits for budget/, 200_000);
    expect(await status('DEMO-3')).toMatchObject({ waiting: { for: 'budget', step: 'implement' } });

    expect(await json('answer', 'DEMO-2', 'raise', '--reason', 'it is worth it', '--by', 'Ann')).toMatchObject({
      code: 0,
    });
    const isDone = async (key: string, step: string) =>
      (await status(key)).evidence.some((evidence) => evidence.step === step);
    // Nobody answered for the third.
    const limits = { timeoutMs: 200_000 };
    await waitUntil(() => isDone('DEMO-2', 'test.implement'), { ...limits, what: 'the second story to go on' });
    await waitUntil(() => isDone('DEMO-3', 'implement'), { ...limits, what: 'the third story to go on' });
    const book = startChild(temporal, [
      ...['workflow', 'query', '--address', address, '--workflow-id', `vishkar-budget-${ACCOUNT}`],
      ...['--type', 'book', '--output', 'json'],
    ]);
    expect(await book.exited, book.stderr).toMatchObject({ code: 0 });
    expect(book.stdout.replaceAll(/\s/g, '')).toMatch(/"raises":\[\{[^\]]*"by":"Ann"[^\]]*\}\]/);
    for (const key of ['DEMO-1', 'DEMO-2', 'DEMO-3']) expect(await json('cancel', key)).toMatchObject({ code: 0 });
  },
  900_000,
);
