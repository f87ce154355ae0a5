/** `vishkar engines`: what is known, what is here, what works, and what mends the rest; outside of any repository. */
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startChild, temporaryFolder } from '@vishkar/testkit';
import { describe, expect, it } from 'vitest';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

interface Answer {
  readonly healthy?: boolean;
  readonly engines?: readonly { readonly name: string; readonly status: string; readonly hint: string }[];
  readonly error?: { readonly code: string; readonly hint: string };
}

/** Runs the command in an empty folder; with `program`, OpenHands is a shell script of that text. */
async function engines(args: readonly string[], program?: string) {
  const folder = temporaryFolder('engines');
  const path = join(folder, 'openhands');
  if (program !== undefined) writeFileSync(path, `#!/bin/sh\n${program}\n`);
  if (program !== undefined) chmodSync(path, 0o755);
  const env = { PATH: '/usr/bin:/bin', HOME: folder, ...(program === undefined ? {} : { OPENHANDS_BIN: path }) };
  const child = startChild(process.execPath, [MAIN, 'engines', ...args], { cwd: folder, env });
  const { code } = await child.exited;
  return { code, path, text: child.stdout, answer: () => JSON.parse(child.stdout) as Answer };
}

describe('vishkar engines', () => {
  it('lists every engine that is known by name, with the one command that installs it, and runs none', async () => {
    const { code, answer, path } = await engines(['list', '--json'], 'touch ran; exit 1');
    expect(code).toBe(0);
    const { engines: listed = [] } = answer();
    const names = ['goose', 'codex', 'opencode', 'qwen', 'gemini', 'claude', 'openhands', 'aider'];
    expect(listed.map(({ name }) => name)).toEqual(names);
    expect(listed.find(({ name }) => name === 'openhands')).toMatchObject({ status: 'installed', path });
    for (const each of listed) expect(each).toMatchObject({ install: expect.stringMatching(/ install|:install/) });
  });

  it('tells which version works', async () => {
    const { code, answer, path } = await engines(['doctor', 'openhands', '--json'], 'echo "OpenHands CLI 1.16.0"');
    expect({ code, ...answer() }).toMatchObject({
      code: 0,
      healthy: true,
      engines: [{ name: 'openhands', status: 'works', version: '1.16.0', path, problem: '', hint: '' }],
    });
  });

  it('tells what is broken and what is missing, with what to do, and exits with 5', async () => {
    const broken = await engines(['doctor', 'openhands'], 'echo "no Python 3.12" >&2; exit 1');
    expect(broken.code).toBe(5);
    expect(broken.text).toMatch(/^broken +openhands .*no Python 3\.12\.\n +Install it again \("uv tool install/);
    const missing = await engines(['doctor', 'openhands', '--json']);
    expect({ code: missing.code, ...missing.answer() }).toMatchObject({
      code: 5,
      healthy: false,
      engines: [{ status: 'missing', hint: expect.stringContaining('uv tool install openhands==') }],
    });
  });

  it.each([[['mend']], [['list', 'nobody']]])('refuses what it does not know: %j', async (args) => {
    const { code, answer } = await engines([...args, '--json']);
    expect({ code, ...answer() }).toMatchObject({
      code: 2,
      error: { code: 'USAGE', hint: expect.stringMatching(/./) },
    });
  });
});
