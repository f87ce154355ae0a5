/**
 * The lives of schedules, and of workflows with a cron schedule, by raw rpcs: every answer and event is what the official dev server gave for the same script
 * (scripted-schedules.json), which is checked where that server is installed.
 * To record a changed script: VISHKAR_RECORD_SCRIPTS=1 with the official dev server there.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { Connection } from '@temporalio/client';
import { itNeeds, temporalDevServer } from '@vishkar/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { SEARCH_ATTRIBUTE_TYPES } from '../../src/namespaces/search-attribute-type.js';
import { useEmbeddedService } from '../support/embedded-service.js';
import { startOfficialDevServer } from '../support/official-dev-server.js';
import { playScripts } from '../support/play-scripts.js';
import { cronScripts } from '../support/scripts/cron-scripts.js';
import { scheduleScripts } from '../support/scripts/schedule-scripts.js';

const scripts = { ...scheduleScripts, ...cronScripts };
const FILE = new URL('./scripted-schedules.json', import.meta.url);
const recorded = JSON.parse(readFileSync(FILE, 'utf8')) as Readonly<Record<string, string[]>>;
const isRecording = process.env['VISHKAR_RECORD_SCRIPTS'] !== undefined;

describe('scripted schedules', () => {
  const { Int, Keyword } = SEARCH_ATTRIBUTE_TYPES;
  const service = useEmbeddedService({ searchAttributes: { Num: Int, Word: Keyword } });
  let played: ReadonlyMap<string, string[]>;
  beforeAll(async () => {
    const connection = await Connection.connect({ address: service.server.address, interceptors: [] });
    played = await playScripts(connection, scripts);
    await connection.close();
  });

  it.each(Object.keys(scripts))('are answered as by the official server: %s', (name) => {
    expect(played.get(name)).toEqual(recorded[name]);
  });

  it('have no recordings of scripts that are gone', () => {
    expect(Object.keys(recorded).filter((name) => !(name in scripts))).toEqual([]);
  });

  itNeeds(
    { temporal: temporalDevServer },
    'are answered by the official dev server as recorded',
    async ({ temporal }) => {
      const official = await startOfficialDevServer(temporal, ['Num=Int', 'Word=Keyword']);
      try {
        const answers = Object.fromEntries(await playScripts(official.connection, scripts));
        const sorted = Object.fromEntries(Object.keys(scripts).map((name) => [name, answers[name]]));
        if (isRecording) writeFileSync(FILE, `${JSON.stringify(sorted, null, 2)}\n`);
        else expect(sorted).toEqual(recorded);
      } finally {
        await official.stop();
      }
    },
    120_000,
  );
});
