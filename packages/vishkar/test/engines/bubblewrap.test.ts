/** Engines in the sandbox of bubblewrap: what they can do there, what they can't, and that nothing of them is left. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
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
import { afterEach, describe, expect, it, vi } from 'vitest';
import { CommandEngine } from '../../src/engines/command-engine.js';
import { createEngine } from '../../src/engines/create-engine.js';
import { engineConfigSchema } from '../../src/engines/engine-config.js';
import { BubblewrapIsolation } from '../../src/processes/bubblewrap-isolation.js';
import { engineFixture, runOptions } from './engine-fixture.js';

const servers: Server[] = [];
let model: ScriptedModelServer | undefined;
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const server of servers.splice(0)) server.close().closeAllConnections();
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

  itNeeds({ bubblewrap }, 'reaches the hosts that are allowed, and no other address', async () => {
    const open = await listen('from this host');
    const allowed = await listen('from an allowed host');
    const service = await listen('from an allowed port');
    const { worktree, folder, task } = engineFixture();
    const port = (server: Server) => String((server.address() as AddressInfo).port);
    const isolation = new BubblewrapIsolation({
      environment,
      personHome: folder,
      allowHosts: [`packages.example:${port(allowed)}`, `localhost:${port(service)}`],
      lookup: (_name, { all }, done) =>
        all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4),
    });
    const probe = `
      const { connect } = require('node:net');
      const { request } = require('node:http');
      const { writeFileSync } = require('node:fs');
      const proxy = new URL(process.env.HTTPS_PROXY);
      const over = { host: proxy.hostname, port: proxy.port };
      const read = (done) => (answer) => answer.setEncoding('utf8').on('data', (text) => done(answer.statusCode + ' ' + text.trim())).resume();
      const direct = (host, port) => new Promise((done) =>
        request({ host, port, path: '/' }, read(done)).on('error', ({ code }) => done(code)).end());
      const plain = (url) => new Promise((done) => request({ ...over, path: url }, read(done)).on('error', ({ code }) => done(code)).end());
      const tunnel = (target) => new Promise((done) =>
        request({ ...over, method: 'CONNECT', path: target }).on('connect', (answer, socket) => {
          if (answer.statusCode !== 200) return done(answer.statusCode);
          request({ createConnection: () => socket, path: '/', headers: { connection: 'close' } }, read(done)).end();
        }).end());
      const raw = (host) => new Promise((done) => connect({ host, port: 443 }, () => done('connected')).on('error', ({ code }) => done(code)));
      (async () => {
        const [open, allowed, service] = process.argv.slice(1);
        writeFileSync('seen.json', JSON.stringify({
          open: await direct('127.0.0.1', open),
          openOverProxy: await tunnel('127.0.0.1:' + open),
          address: await raw('192.0.2.1'),
          allowed: await tunnel('packages.example:' + allowed),
          allowedPlain: await plain('http://packages.example:' + allowed + '/'),
          allowedOtherPort: await tunnel('packages.example:' + open),
          other: await plain('http://other.example/'),
          service: await direct('127.0.0.1', service),
        }));
      })();`;
    const engine = new CommandEngine({
      argv: [process.execPath, '-e', probe, port(open), port(allowed), port(service)],
      promptBy: 'file',
      environment: { ...environment, HTTPS_PROXY: 'http://127.0.0.1:1' },
      passEnvironment: [],
      isolation,
      timeoutMs: 50_000,
      idleTimeoutMs: 50_000,
    });
    const run = await engine.run(task(), runOptions().options);
    expect(JSON.parse(readFileSync(join(worktree, 'seen.json'), 'utf8'))).toEqual({
      open: 'ECONNREFUSED',
      openOverProxy: 403,
      address: 'ENETUNREACH',
      allowed: '200 from an allowed host',
      allowedPlain: '200 from an allowed host',
      allowedOtherPort: 403,
      other: expect.stringMatching(/^403 .*allowHosts/),
      service: '200 from an allowed port',
    });
    const told = readFileSync(run.transcriptPath, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as object);
    expect(told).toContainEqual(
      expect.objectContaining({ type: 'network', host: 'other.example', port: 80, allowed: false }),
    );
  });

  itNeeds({ bubblewrap }, 'tells how its program ended, and leaves no way in behind', async () => {
    const { folder, task } = engineFixture();
    vi.stubEnv('TMPDIR', folder);
    const failed = await sandboxed('echo no such luck; exit 7').run(task(), runOptions().options);
    expect(failed).toMatchObject({ outcome: 'engine_error', detail: expect.stringContaining('exit code 7') });
    const killed = await sandboxed('kill -9 $$').run(task(), runOptions().options);
    expect(killed.detail).toContain('exit code 137');
    expect(readdirSync(folder).filter((name) => name.startsWith('vishkar-net-'))).toEqual([]);
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

async function listen(text: string): Promise<Server> {
  const server = createServer((_request, response) => response.end(text));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
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
