/** Whole stories by real programs: Aider on a Python project, Goose on a TypeScript one; on the embedded service and on a real Temporal dev server. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Connection } from '@temporalio/client';
import {
  aider,
  freePort,
  goose,
  itNeeds,
  pytestCoverage,
  readRecordedRounds,
  ScriptedModelServer,
  scriptedStory,
  searchReplace,
  startChild,
  temporalDevServer,
  waitUntil,
} from '@vishkar/testkit';
import type { Scenario } from '@vishkar/testkit';
import { describe, expect, onTestFinished } from 'vitest';
import { openDemoCopy } from '../../src/demo/demo-copy.js';
import { mcpAtlassian } from '../jira/mcp-atlassian.js';
import { testRepository } from '../support/git-repository.js';
import { demoFolder } from './demo-run.js';
import { mergeStory, pythonProject } from './real-parts-story.js';

const LIMIT_MS = 900_000;
const EXAMPLES = fileURLToPath(new URL('../../../../examples/', import.meta.url));

const NEXT = {
  summary: 'Add a function that returns the next number',
  description: 'Callers count by hand.\n\nh2. Acceptance criteria\n\n* next_number(1) is 2',
};
const DURATIONS = {
  summary: 'Evaluate duration expressions',
  description:
    'Let users write duration arithmetic as they think it.\n\nh2. Acceptance criteria\n\n' +
    '* Sums, differences, products, quotients and parentheses are evaluated with the usual precedence\n' +
    '* Text that is no valid expression is refused with a DurationSyntaxError that knows the position, and is never executed\n' +
    '* The command `duration eval` prints the result in short form, and ends with exit code 1 when the expression is refused',
};

async function scripted(scenario: Scenario): Promise<ScriptedModelServer> {
  const model = await ScriptedModelServer.start([scenario]);
  onTestFinished(() => model.close());
  return model;
}

/** Aider, whose model answers with its edits; the tests carry the ids of the cases that were designed for the one criterion. */
async function byAider(programs: { aider: string; program: string; python: string }, environment = {}) {
  const { checkout, remote, root } = testRepository({ 'README.md': '# Numbers\n' });
  pythonProject(checkout, remote);
  const code = 'def next_number(number):\n    return number + 1\n';
  const tests =
    'from numbers_kit.following import next_number\n\n\ndef test_tc_demo_1_001_adds_one():\n    assert next_number(1) == 2\n\n\n' +
    'def test_tc_demo_1_002_below_zero():\n    assert next_number(-1) == 0\n';
  const model = await scripted({
    model: 'aider-story',
    editsByText: true,
    turns: [
      { match: /(^|\n)Task: implement, /, replies: [{ say: searchReplace('src/numbers_kit/following.py', '', code) }] },
      {
        match: /(^|\n)Task: implement-tests, /,
        replies: [{ say: searchReplace('tests/test_following.py', '', tests) }],
      },
    ],
  });
  const engine = {
    engine: 'aider',
    model: 'aider-story',
    host: model.host,
    apiKeyEnv: 'STORY_KEY',
    editFormat: 'diff',
  };
  const config = { engine, commands: { python: programs.python } };
  const { evidence, output } = await mergeStory({
    ...{ checkout, remote, home: join(root, 'state'), program: programs.program, story: NEXT, config },
    environment: { AIDER_BIN: programs.aider, STORY_KEY: 'scripted-key-4711', ...environment },
  });
  expect(evidence('implement')).toMatchObject({ engine: { name: 'aider' } });
  expect(evidence('test.execute')).toMatchObject({ runner: 'pytest', passed: 3, failed: 0 });
  expect(output).not.toContain('scripted-key-4711');
}

/** Goose on the example of the recorded session: a gate that fails first, tests that fail first. */
async function byGoose(programs: { goose: string; program: string }, environment = {}) {
  const model = await scripted(
    scriptedStory({ model: 'goose-story', rounds: readRecordedRounds(join(EXAMPLES, 'duration-kit.recording')) }),
  );
  const engine = {
    engine: 'goose',
    provider: 'openai',
    model: 'goose-story',
    host: model.host,
    apiKeyEnv: 'STORY_KEY',
  };
  const { repository, remote, home } = await openDemoCopy(demoFolder(), join(EXAMPLES, 'duration-kit'), {});
  const { evidence } = await mergeStory({
    ...{ checkout: repository, remote, home, program: programs.program, story: DURATIONS, config: { engine } },
    environment: { GOOSE_BIN: programs.goose, STORY_KEY: 'scripted-key-4711', ...environment },
  });
  expect(evidence('implement')).toMatchObject({ engine: { name: 'goose' } });
  expect(evidence('test.execute')).toMatchObject({ runner: 'vitest', failed: 0 });
}

/** Address of a dev server of the official CLI. */
async function realTemporal(program: string): Promise<string> {
  const port = String(await freePort());
  const address = `127.0.0.1:${port}`;
  const server = startChild(program, ['server', 'start-dev', '--headless', '--ip', '127.0.0.1', '--port', port]);
  onTestFinished(async () => void (await server.stop()));
  const answers = () =>
    Connection.connect({ address, connectTimeout: 1_000 }).then(
      async (connection) => await connection.close().then(() => true),
      () => false,
    );
  await waitUntil(answers, { what: 'the dev server to answer', timeoutMs: 60_000 });
  return address;
}

describe('from an issue of Jira to a merge on GitHub, each effect once and the receipt whole', () => {
  const aiderStory = { aider, program: mcpAtlassian, python: pytestCoverage };
  const gooseStory = { goose, program: mcpAtlassian };
  // The short form does one of each; every engine and either service is among them.
  const isShort = process.env['VISHKAR_LONG_TESTS'] === 'short';
  if (!isShort)
    itNeeds(
      aiderStory,
      'Aider implements a story of a Python project with pytest',
      (found) => byAider(found),
      LIMIT_MS,
    );
  itNeeds(gooseStory, 'Goose implements a story of a TypeScript project', (found) => byGoose(found), LIMIT_MS);
  itNeeds(
    { ...aiderStory, temporal: temporalDevServer },
    'Aider does it on a real Temporal dev server',
    async ({ temporal, ...found }) => await byAider(found, { TEMPORAL_ADDRESS: await realTemporal(temporal) }),
    LIMIT_MS,
  );
  if (!isShort)
    itNeeds(
      { ...gooseStory, temporal: temporalDevServer },
      'Goose does it on a real Temporal dev server',
      async ({ temporal, ...found }) => await byGoose(found, { TEMPORAL_ADDRESS: await realTemporal(temporal) }),
      LIMIT_MS,
    );
});
