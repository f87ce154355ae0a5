/**
 * Specs of schedules: how they are kept and when they match is what the official dev server said (schedule-specs.json),
 * which is checked where that server is installed. To record: VISHKAR_RECORD_SCRIPTS=1 with the official dev server there.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { Connection } from '@temporalio/client';
import { itNeeds, temporalDevServer } from '@vishkar/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useEmbeddedService } from '../support/embedded-service.js';
import { startOfficialDevServer } from '../support/official-dev-server.js';
import { answerToSpec, SPEC_CASES } from '../support/schedule-spec-cases.js';
import type { SpecAnswer } from '../support/schedule-spec-cases.js';

const FILE = new URL('./schedule-specs.json', import.meta.url);
const recorded = JSON.parse(readFileSync(FILE, 'utf8')) as Readonly<Record<string, SpecAnswer>>;
const isRecording = process.env['VISHKAR_RECORD_SCRIPTS'] !== undefined;

/** Where we answer otherwise, and why. */
type Difference = { readonly why: string; readonly answer: Partial<SpecAnswer> };
const OURS = JSON.parse(
  readFileSync(new URL('./schedule-specs-differences.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, Difference>>;

describe('specs of schedules', () => {
  const service = useEmbeddedService();
  let connection: Connection;
  beforeAll(async () => {
    // Without the SDK's retries: a refusal is an answer.
    connection = await Connection.connect({ address: service.server.address, interceptors: [] });
  });
  afterAll(() => connection.close());

  it.each(Object.entries(SPEC_CASES))('are understood as by the official server: %s', async (name, each) => {
    const ours = OURS[name]?.answer;
    expect(await answerToSpec(connection, name, each)).toEqual({ ...recorded[name], ...ours });
  });

  it('have no recordings of cases that are gone, nor differences that are none', () => {
    expect(Object.keys(recorded).filter((name) => !(name in SPEC_CASES))).toEqual([]);
    for (const [name, { answer }] of Object.entries(OURS)) expect(recorded[name]).not.toMatchObject(answer);
  });

  itNeeds(
    { temporal: temporalDevServer },
    'are understood by the official dev server as recorded',
    async ({ temporal }) => {
      const official = await startOfficialDevServer(temporal);
      try {
        const asked = await Promise.all(
          Object.entries(SPEC_CASES).map(async ([name, each]) => {
            return [name, await answerToSpec(official.connection, name, each)] as const;
          }),
        );
        const answers = Object.fromEntries(asked);
        if (isRecording) writeFileSync(FILE, `${JSON.stringify(answers, null, 2)}\n`);
        else expect(answers).toEqual(recorded);
      } finally {
        await official.stop();
      }
    },
    120_000,
  );
});
