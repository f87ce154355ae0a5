/** Engines in the sandbox of bubblewrap: what they can do there, what they can't, and that nothing of them is left. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  aider,
  bubblewrap,
  goose,
  isProcessAlive,
  itNeeds,
  ScriptedModelServer,
  searchReplace,
  waitUntil,
} from '@vishkar/testkit';
import type { Scenario } from '@vishkar/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { CommandEngine } from '../../src/engines/command-engine.js';
import { createEngine } from '../../src/engines/create-engine.js';
import { engineConfigSchema } from '../../src/engines/engine-config.js';
import { BubblewrapIsolation } from '../../src/processes/bubblewrap-isolation.js';
import { engineFixture, runOptions } from './engine-fixture.js';

let model: ScriptedModelServer | undefined;
afterEach(async () => {
  await model?.close();
  model = undefined;
});

const environment = { PATH: process.env['PATH'] };

function sandboxed(script: string, personHome?: string) {
  const isolation = new BubblewrapIsolation({ environment, ...(personHome === undefined ? {} : { personHome }) });
  const limits = { timeoutMs: 50_000, idleTimeoutMs: 50_000 };
  const argv = ['sh', '-c', script, 'engine', '{output}'];
  return new CommandEngine({ argv, promptBy: 'file', environment, passEnvironment: [], isolation, ...limits });
}

describe('an engine in the sandbox of bubblewrap', () => {
  itNeeds({ bubblewrap }, 'works in its worktree, its home and its output, with git', async () => {
    const { worktree, task, git } = engineFixture();
    const script = [
      'set -e',
      'echo done > work.txt; echo kept > "$HOME/kept"; echo told > "$1/told"; echo x > "$TMPDIR/scratch"',
      'git status --porcelain > "$1/status"; git add work.txt; git diff --cached --stat > "$1/diff"',
      'git log --oneline > "$1/log"; id -u > "$1/id"; readlink "$HOME" || true; pwd > "$1/at"',
    ].join('\n');
    const run = await sandboxed(script).run(task(), runOptions().options);
    expect(run).toMatchObject({ outcome: 'edited', detail: expect.stringContaining('exit code 0') });
    const told = (name: string) => readFileSync(join(task().outputFolder, name), 'utf8').trim();
    expect(told('status')).toBe('?? work.txt');
    expect(told('diff')).toContain('work.txt');
    expect(told('at')).toBe(worktree);
    expect(told('id')).toBe(String(process.getuid?.()));
    expect(readFileSync(join(task().home, 'kept'), 'utf8')).toBe('kept\n');
    expect(git('status', '--porcelain')).toBe('A  work.txt');
  });

  itNeeds({ bubblewrap }, 'may be a script of Node that lies in your home', async () => {
    const { folder, worktree, task } = engineFixture();
    const person = join(folder, 'person');
    const script = join(person, 'tools/node_modules/agent/main.mjs');
    mkdirSync(dirname(script), { recursive: true });
    writeFileSync(script, "import { writeFileSync } from 'node:fs';\nwriteFileSync('made.txt', 'made\\n');\n");
    const engine = new CommandEngine({
      argv: [process.execPath, script],
      promptBy: 'file',
      environment,
      passEnvironment: [],
      isolation: new BubblewrapIsolation({ environment, personHome: person }),
      timeoutMs: 50_000,
      idleTimeoutMs: 50_000,
    });
    expect(await engine.run(task(), runOptions().options)).toMatchObject({ outcome: 'edited' });
    expect(readFileSync(join(worktree, 'made.txt'), 'utf8')).toBe('made\n');
  });

  itNeeds({ bubblewrap }, 'changes nothing else, and sees neither your home nor your processes', async () => {
    const { repository, worktree, folder, task, git } = engineFixture();
    // Below a folder that is not emptied: what hides it must be that it is the home.
    const person = join(folder, 'person');
    mkdirSync(person);
    writeFileSync(join(person, 'key'), 'a-private-key');
    const script = `
      try() { if sh -c "$2" >/dev/null 2>&1; then echo "$1" >> report.txt; fi; }
      echo begun > report.txt
      try config 'git config user.name Mallory'
      try hook 'echo evil > ${repository}/.git/hooks/pre-commit'
      try branch 'git branch -f main HEAD && git branch other'
      try checkout 'cat ${repository}/README.md'
      try pointer 'echo /evil > $(git rev-parse --git-dir)/commondir'
      try dotgit 'rm -f .git || mv .git x'
      try key 'cat ${person}/key'
      try system 'touch /usr/evil || touch /etc/evil'
      try unmount 'umount ${person} || mount -o remount,rw /'
      try kill 'kill -0 ${String(process.pid)}'
      try docker 'test -S /run/docker.sock || test -S /var/run/docker.sock'
      try socket 'ls /run/user/* | grep -q .'`;
    const run = await sandboxed(script, person).run(task(), runOptions().options);
    expect(run.outcome).toBe('edited');
    expect(readFileSync(join(worktree, 'report.txt'), 'utf8')).toBe('begun\n');
    expect(git('branch', '--format=%(refname:short)').split('\n')).toEqual(['main', 'story']);
    expect(readFileSync(join(repository, 'README.md'), 'utf8')).toBe('Hello\n');
  });

  itNeeds({ bubblewrap }, 'is ended with a child that left its group, its session and its environment', async () => {
    const { worktree, task } = engineFixture();
    // No stamp and no group leads to this one: only its namespace does. It is known outside by what it runs.
    const name = `sleep 6${String(process.pid)}1`;
    const engine = sandboxed(`env -i setsid ${name} & sleep 0.1; echo begun > begun.txt; sleep 600`);
    const { stop, options } = runOptions();
    const running = engine.run(task(), options);
    await waitUntil(() => existsSync(join(worktree, 'begun.txt')), { what: 'the engine to start' });
    const child = await waitUntil(() => findProcess(name), { what: 'the child to start' });
    stop.abort();
    expect(await running).toMatchObject({ outcome: 'cancelled' });
    await waitUntil(() => !isProcessAlive(child), { what: 'the child to be gone' });
  });

  it('is refused where there is none, never run without it', async () => {
    const isolation = new BubblewrapIsolation({ environment, program: '/no/such/bwrap' });
    const { worktree, task } = engineFixture();
    const limits = { timeoutMs: 5_000, idleTimeoutMs: 5_000 };
    const argv = ['sh', '-c', 'touch ran.txt'];
    const engine = new CommandEngine({
      argv,
      promptBy: 'file',
      environment,
      passEnvironment: [],
      isolation,
      ...limits,
    });
    const refusal = { code: 'ISOLATION_NOT_AVAILABLE', hint: expect.stringContaining('bubblewrap') };
    await expect(engine.describe()).rejects.toMatchObject(refusal);
    await expect(engine.run(task(), runOptions().options)).rejects.toMatchObject(refusal);
    expect(existsSync(join(worktree, 'ran.txt'))).toBe(false);
  });

  const write = { calls: [{ tool: 'write', arguments: { path: 'README.md', content: 'Hello, you\n' } }] };
  itNeeds({ bubblewrap, goose }, 'is Goose, with its model behind the meter', async () => {
    await edits(
      { engine: 'goose', provider: 'openai' },
      { turns: [{ match: /Task: /, replies: [write, { say: 'Done.' }] }] },
    );
  });

  itNeeds(
    { bubblewrap, aider },
    'is Aider, with its model behind the meter',
    async ({ aider: program }) => {
      const replies = [{ say: searchReplace('README.md', 'Hello', 'Hello, you') }];
      const scenario = { editsByText: true, turns: [{ match: /Task: /, replies }] };
      await edits({ engine: 'aider', editFormat: 'diff' }, scenario, { AIDER_BIN: program });
    },
    240_000,
  );
});

async function edits(config: object, scenario: Omit<Scenario, 'model'>, variables: Record<string, string> = {}) {
  model = await ScriptedModelServer.start([{ model: 'm', ...scenario }]);
  const { worktree, task } = engineFixture();
  const engine = createEngine(
    engineConfigSchema.parse({ model: 'm', host: model.host, isolation: 'bubblewrap', ...config }),
    {
      repository: '/',
      environment: { ...process.env, ...variables },
    },
  );
  const run = await engine.run(task(), runOptions().options);
  expect(run).toMatchObject({ outcome: 'edited', usage: { source: 'proxy' } });
  expect(readFileSync(join(worktree, 'README.md'), 'utf8')).toBe('Hello, you\n');
}

/** The process with this command line. */
function findProcess(command: string): number | undefined {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).find((pid) => commandLine(pid) === command);
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8')
      .replaceAll('\0', ' ')
      .trim();
  } catch {
    // It ended while we looked.
    return '';
  }
}
