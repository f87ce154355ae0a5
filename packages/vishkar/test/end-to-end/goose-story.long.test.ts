import { fileURLToPath } from 'node:url';
import { describe, expect } from 'vitest';
import { goose, itNeeds, readRecordedRounds, ScriptedModelServer, scriptedStory } from '@vishkar/testkit';
import { demoFolder, demoReport, outsideEffects, startDemo } from './demo-run.js';

const RECORDING = fileURLToPath(new URL('../../../../examples/duration-kit.recording', import.meta.url));
const MODEL = 'scripted-story';

describe('a story implemented by a real engine', () => {
  itNeeds(
    { goose },
    'Goose over ACP, driven by a scripted model, takes the example story to its merge',
    async ({ goose: binary }) => {
      const server = await ScriptedModelServer.start([
        scriptedStory({ model: MODEL, rounds: readRecordedRounds(RECORDING) }),
      ]);
      try {
        const folder = demoFolder();
        const secret = 'sk-not-a-real-key-0123456789';
        const child = startDemo(folder, [], {
          GOOSE_BIN: binary,
          GOOSE_PROVIDER: 'openai',
          GOOSE_MODEL: MODEL,
          OPENAI_HOST: server.host,
          OPENAI_API_KEY: secret,
        });
        const report = await demoReport(child);
        expect(report).toMatchObject({
          status: 'merged',
          rounds: 2,
          engine: { name: 'goose', model: `openai/${MODEL}` },
        });
        expect(report.engine?.recordedFrom).toBeUndefined();
        expect(report.steps.every((step) => step.status === 'passed')).toBe(true);
        const effects = await outsideEffects(report, folder);
        expect(effects.mergesOnMain).toEqual([report.mergeCommit]);
        expect(JSON.stringify(report) + child.stderr).not.toContain(secret);
      } finally {
        await server.close();
      }
    },
    300_000,
  );
});
