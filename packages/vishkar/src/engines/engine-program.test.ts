import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@vishkar/testkit';
import { describe, expect, it } from 'vitest';
import type { AcpProfile } from './acp/acp-profile.js';
import { findEngineProgram, readEngineVersion } from './engine-program.js';
import { surveyEngine } from './engine-survey.js';
import { openhandsProfile } from './acp/openhands-profile.js';

/** A program of that name in a folder of its own, which is PATH beside where `sh` and `env` are. */
function program(content: string, name = 'openhands') {
  const folder = temporaryFolder('program');
  const path = join(folder, name);
  writeFileSync(path, content);
  chmodSync(path, 0o755);
  return { path, environment: { PATH: `${folder}:/usr/bin:/bin`, SECRET_TOKEN: 'secret' } };
}

describe("an engine's program", () => {
  it('is found on PATH, and tells its version without a token of ours in its environment', async () => {
    const { path, environment } = program('#!/bin/sh\necho "OpenHands CLI 1.16.0 ${SECRET_TOKEN:-none}"\n');
    const found = findEngineProgram(openhandsProfile, environment);
    expect(found).toEqual({ path, argv: [path] });
    expect(await readEngineVersion(openhandsProfile, found, environment)).toBe('1.16.0');
    const told = program('#!/bin/sh\necho "1.0.0-${SECRET_TOKEN:-none}"\n');
    const { version } = await surveyEngine('openhands', told.environment, { run: true });
    expect(version).toBe('1.0.0-none');
  });

  it('is run by our own Node when it is a script, so that none on PATH is needed', async () => {
    const { path } = program('console.log("2.3.4")', 'engine.mjs');
    const environment = { PATH: '/nowhere', OPENHANDS_BIN: path };
    const found = findEngineProgram(openhandsProfile, environment);
    expect(found.argv[0]).toBe(process.execPath);
    expect(await readEngineVersion(openhandsProfile, found, environment)).toBe('2.3.4');
  });

  it('that needs a newer Node than ours is left to its own', () => {
    const { path } = program('', 'engine.mjs');
    const profile: AcpProfile = { ...openhandsProfile, program: { ...openhandsProfile.program, minimumNode: 99 } };
    expect(findEngineProgram(profile, { OPENHANDS_BIN: path }).argv).toEqual([path]);
  });

  it('that is missing is told with the one command that mends it', async () => {
    expect(await surveyEngine('claude', { PATH: '/nowhere' }, { run: true })).toMatchObject({
      status: 'missing',
      hint: expect.stringContaining('npm install --global @agentclientprotocol/claude-agent-acp@'),
    });
  });

  it('that does not run is told from one that is missing, in its own words', async () => {
    const { path, environment } = program('#!/bin/sh\necho "no Python 3.12" >&2\nexit 3\n');
    expect(await surveyEngine('openhands', environment, { run: true })).toMatchObject({
      status: 'broken',
      path,
      problem: expect.stringContaining('no Python 3.12'),
      hint: expect.stringContaining('OPENHANDS_BIN'),
    });
    expect(await surveyEngine('openhands', environment, { run: false })).toMatchObject({ status: 'installed', path });
  });

  it('that runs, but not what it works with, is told so', async () => {
    const { path } = program(
      '#!/bin/sh\nif [ "$1" = cli ]; then echo "no namespaces" >&2; exit 1; fi; echo 2.6.0',
      'codex-acp',
    );
    const survey = await surveyEngine('codex', { PATH: '/usr/bin:/bin', CODEX_ACP_BIN: path }, { run: true });
    expect(survey).toMatchObject({ status: 'broken', problem: expect.stringContaining('sandbox') });
    expect(survey.problem).toContain('no namespaces');
  });

  it('that a variable names wrongly is not looked for elsewhere', () => {
    const { environment } = program('#!/bin/sh\n');
    expect(() => findEngineProgram(openhandsProfile, { ...environment, OPENHANDS_BIN: '/no/such' })).toThrow(
      'OPENHANDS_BIN names /no/such',
    );
  });
});
