/**
 * The recorded sessions of the examples: each fits its example, round by round, and a real engine that is told to make
 * the same edits ends in the same tree.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { goose, itNeeds, readRecordedRounds, scriptedStory, ScriptedModelServer } from '@vishkar/testkit';
import { describe, expect, it } from 'vitest';
import type { CodingEngine, EngineTaskKind } from '../../src/engines/coding-engine.js';
import { createEngine } from '../../src/engines/create-engine.js';
import { engineConfigSchema } from '../../src/engines/engine-config.js';
import { engineFixture, runOptions } from './engine-fixture.js';

const EXAMPLES = fileURLToPath(new URL('../../../../examples/', import.meta.url));
const names = readdirSync(EXAMPLES).flatMap((name) => /^(.+)\.recording$/.exec(name)?.[1] ?? []);
const context = { repository: EXAMPLES, environment: process.env };

/** Files of an example as its repository begins: what git would take, without what a build left. */
function exampleFiles(name: string): Record<string, string> {
  const root = join(EXAMPLES, name);
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '.'], {
    cwd: root,
    encoding: 'utf8',
  });
  const files = listed.split('\0').filter((file) => file !== '');
  return Object.fromEntries(files.map((file) => [file, readFileSync(join(root, file), 'utf8')]));
}

/** Runs all rounds in the order of the recording, with a commit after each; returns the tree that they leave. */
async function playStory(name: string, engine: CodingEngine): Promise<string> {
  const fixture = engineFixture(exampleFiles(name));
  for (const { kind, round } of readRecordedRounds(join(EXAMPLES, `${name}.recording`))) {
    const prompt = `Task: ${kind}, round ${String(round)}, story DEMO-1.`;
    const run = await engine.run(
      fixture.task({
        kind: kind as EngineTaskKind,
        round,
        prompt,
        outputFolder: join(fixture.folder, `${kind}-${String(round)}`),
      }),
      runOptions().options,
    );
    expect({ kind, round, outcome: run.outcome, detail: run.detail }).toMatchObject({ outcome: 'edited' });
    fixture.git('add', '-A');
    fixture.git('commit', '-qm', `${kind} ${String(round)}`);
  }
  return fixture.git('rev-parse', 'HEAD^{tree}');
}

const recorded = (name: string) =>
  createEngine(
    engineConfigSchema.parse({ engine: 'recorded', recording: `${name}.recording`, editDelayMs: 0 }),
    context,
  );

describe.each(names)('the recorded session of %s', (name) => {
  it('fits its example in every round', async () => {
    expect(await recorded(name).describe()).toMatchObject({ recordedFrom: expect.stringContaining('2026') });
    await playStory(name, recorded(name));
  });

  // The edits are of the same kinds in all of them; two are enough to compare an engine with.
  if (name === 'duration-kit' || name === 'slug-js')
    itNeeds({ goose }, 'ends in the same tree when Goose makes the edits', async () => {
      const rounds = readRecordedRounds(join(EXAMPLES, `${name}.recording`));
      const model = await ScriptedModelServer.start([scriptedStory({ model: name, rounds })]);
      try {
        const config = {
          engine: 'goose',
          provider: 'openai',
          model: name,
          host: model.host,
          apiKeyEnv: 'SCRIPTED_KEY',
        };
        const environment = { ...process.env, SCRIPTED_KEY: 'scripted' };
        const engine = createEngine(engineConfigSchema.parse(config), { ...context, environment });
        expect(await playStory(name, engine)).toBe(await playStory(name, recorded(name)));
      } finally {
        await model.close();
      }
    });
});
