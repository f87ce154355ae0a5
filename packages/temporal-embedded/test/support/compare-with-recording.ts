/**
 * Tests that play scripts against our service and hold every answer, error and event against what the official dev
 * server gave for the same script, kept in a file; and, where that server is installed, the file against that server.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { Connection } from '@temporalio/client';
import { itNeeds, temporalDevServer } from '@vishkar/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { SEARCH_ATTRIBUTE_TYPES } from '../../src/namespaces/search-attribute-type.js';
import { useEmbeddedService } from './embedded-service.js';
import { startOfficialDevServer } from './official-dev-server.js';
import { playScripts } from './play-scripts.js';
import type { Scripts } from './scripts/script.js';

/**
 * With the official dev server there, `VISHKAR_RECORD_SCRIPTS=1` writes the file anew; with a pattern instead of 1, only what
 * it says of scripts whose names match.
 */
const recordOnly = process.env['VISHKAR_RECORD_SCRIPTS'];
const isRecorded = (name: string): boolean => recordOnly === '1' || new RegExp(recordOnly ?? '').test(name);

/** Scripts, and the recording of what the official dev server answers to them. */
export interface RecordedScripts {
  readonly title: string;
  readonly file: URL;
  readonly scripts: Scripts;
}

const read = (file: URL) => JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, string[]>>;

/** Our answers against the recording. */
export function describeScripts({ title, file, scripts }: RecordedScripts): void {
  const recorded = read(file);
  describe(title, () => {
    const { Int, Keyword } = SEARCH_ATTRIBUTE_TYPES;
    const service = useEmbeddedService({ searchAttributes: { Num: Int, Word: Keyword } });
    let played: ReadonlyMap<string, string[]>;
    beforeAll(async () => {
      // A connection without the SDK's retries: a script wants to see each error.
      const connection = await Connection.connect({ address: service.server.address, interceptors: [] });
      played = await playScripts(connection, scripts);
      await connection.close();
    }, 120_000);

    it.each(Object.keys(scripts))('are answered as by the official server: %s', (name) => {
      expect(played.get(name)).toEqual(recorded[name]);
    });

    it('have no recordings of scripts that are gone', () => {
      expect(Object.keys(recorded).filter((name) => !(name in scripts))).toEqual([]);
    });
  });
}

/** The official server has times of its own that a busy machine shifts: what differs is played again, alone. */
const TRIES = 4;

/** The official server's answers against the recording. */
export function describeRecording({ title, file, scripts }: RecordedScripts): void {
  itNeeds(
    { temporal: temporalDevServer },
    `${title} are answered by the official dev server as recorded`,
    async ({ temporal }) => {
      const recorded = read(file);
      if (recordOnly !== undefined) {
        const answers = await playOfficially(temporal, pick(scripts, isRecorded));
        const sorted = Object.keys(scripts).map((name) => [name, answers.get(name) ?? recorded[name]]);
        writeFileSync(file, `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`);
        return;
      }
      const answers = await playOfficially(temporal, scripts);
      const differing = () =>
        Object.keys(scripts).filter((name) => !isDeepStrictEqual(answers.get(name), recorded[name]));
      for (let tries = 1; tries < TRIES; tries += 1)
        for (const name of differing())
          for (const [, lines] of await playOfficially(
            temporal,
            pick(scripts, (each) => each === name),
          ))
            answers.set(name, lines);
      expect(differing().map((name) => [name, answers.get(name)])).toEqual([]);
    },
    600_000,
  );
}

const pick = (scripts: Scripts, isPicked: (name: string) => boolean): Scripts =>
  Object.fromEntries(Object.entries(scripts).filter(([name]) => isPicked(name)));

/** On a server of their own. */
async function playOfficially(program: string, scripts: Scripts): Promise<Map<string, string[]>> {
  const official = await startOfficialDevServer(program, ['Num=Int', 'Word=Keyword']);
  try {
    return new Map(await playScripts(official.connection, scripts));
  } finally {
    await official.stop();
  }
}
