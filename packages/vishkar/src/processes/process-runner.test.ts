import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isProcessAlive, temporaryFolder } from '@vishkar/testkit';
import { describe, expect, it } from 'vitest';
import { childEnvironment } from './environment.js';
import { runProcess } from './process-runner.js';
import type { RunProcessOptions } from './process-runner.js';

const node = process.execPath;
const never = new AbortController().signal;

function run(code: string, options: Partial<RunProcessOptions> = {}) {
  const cwd = options.cwd ?? temporaryFolder('run');
  return runProcess({
    argv: [node, '-e', code],
    cwd,
    env: childEnvironment(),
    timeoutMs: 50_000,
    signal: never,
    ...options,
  });
}

/** Starts a grandchild in a session of its own that prints its pid and waits for ever. */
const escapee = `
  const child = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'],
    { detached: true, stdio: 'ignore' });
  console.log('escaped ' + child.pid + '.');
  child.unref();`;
const escapedPid = (text: string) => Number(/escaped (\d+)\./.exec(text)?.[1]);

describe('runProcess', () => {
  it('returns exit code and output of a failing program as a result', async () => {
    const result = await run('console.log("out"); console.error("err"); process.exitCode = 3');
    expect(result).toMatchObject({ exitCode: 3, timedOut: false, idle: false, outputBytes: 8 });
    expect(result.outputTail).toContain('out\n');
    expect(result.outputTail).toContain('err\n');
  });

  it('keeps all output of a program that ends at once', async () => {
    const result = await runProcess({
      argv: ['sh', '-c', 'printf "no line end"'],
      cwd: temporaryFolder('run'),
      env: childEnvironment(),
      timeoutMs: 50_000,
      signal: never,
    });
    expect(result.outputTail).toBe('no line end');
  });

  it('hands stdin to the program and closes it', async () => {
    const result = await run('process.stdin.pipe(process.stdout)', { stdin: 'a prompt' });
    expect(result.outputTail).toBe('a prompt');
  });

  it('names a program that is not there', async () => {
    await expect(run('', { argv: ['no-such-program-here'] })).rejects.toMatchObject({ code: 'PROCESS_NOT_STARTED' });
  });

  it('masks secrets in the log, the tail and what listeners see, also when they arrive in pieces', async () => {
    const logPath = join(temporaryFolder('log'), 'out.log');
    const heard: string[] = [];
    const result = await run('process.stdout.write("key=topsec"); setTimeout(() => console.log("ret-value"), 50)', {
      logPath,
      secrets: ['topsecret-value'],
      onOutput: (text) => heard.push(text),
    });
    expect(result.outputTail).toBe('key=***\n');
    expect(heard.join('')).toBe('key=***\n');
    expect(readFileSync(logPath, 'utf8')).toBe('key=***\n');
  });

  it('caps the log and says so', async () => {
    const logPath = join(temporaryFolder('log'), 'out.log');
    const result = await run('for (let i = 0; i < 5000; i++) console.log("x".repeat(99))', {
      logPath,
      logLimitBytes: 10_000,
    });
    const log = readFileSync(logPath, 'utf8');
    expect(result.outputBytes).toBe(500_000);
    expect(log.length).toBeLessThan(200_000);
    expect(log).toMatch(/\[the log ends here: it reached 10000 bytes\]\n$/);
  });

  it('ends a program at its time limit', async () => {
    const result = await run('setInterval(() => console.log("busy"), 20)', { timeoutMs: 300 });
    expect(result).toMatchObject({ exitCode: -1, timedOut: true, idle: false });
  });

  it('ends a program that falls silent, and only then', async () => {
    // It prints for longer than the limit, with short pauses, and then hangs.
    const script = 'for i in 1 2 3 4 5 6 7 8 9; do echo $i; sleep 0.3; done; exec sleep 600';
    const result = await run('', { argv: ['sh', '-c', script], idleTimeoutMs: 2_000 });
    expect(result).toMatchObject({ timedOut: true, idle: true });
    expect(result.outputTail).toMatch(/9\n$/);
  });

  it('kills what ignores SIGTERM after the grace period', async () => {
    const stop = new AbortController();
    const running = run('process.on("SIGTERM", () => {}); setInterval(() => {}, 1000); console.log("ready")', {
      signal: stop.signal,
      graceMs: 100,
      onOutput: () => stop.abort(new Error('enough')),
    });
    await expect(running).rejects.toThrow('enough');
  });

  it.runIf(process.platform === 'linux')(
    'leaves nothing running: a child in its own session ends with the run',
    async () => {
      const result = await run(escapee);
      expect(result.exitCode).toBe(0);
      expect(isProcessAlive(escapedPid(result.outputTail))).toBe(false);
    },
  );

  it.runIf(process.platform === 'linux')(
    'leaves nothing running: a child that has no environment for a moment, as while it becomes another program',
    async () => {
      // It names itself again only after a while; until then nothing tells whose it is.
      const child = `sleep 0.05; export VISHKAR_RUN_ID="$1"; exec sleep 600`;
      const script = `setsid env -i /bin/sh -c '${child}' child "$VISHKAR_RUN_ID" >/dev/null 2>&1 & echo "escaped $!."`;
      const result = await run('', { argv: ['sh', '-c', script] });
      expect(isProcessAlive(escapedPid(result.outputTail))).toBe(false);
    },
  );

  it('ends a background child that holds the output open', async () => {
    const result = await runProcess({
      argv: ['sh', '-c', 'sleep 600 & echo started $!.'],
      cwd: temporaryFolder('run'),
      env: childEnvironment(),
      timeoutMs: 50_000,
      signal: never,
    });
    expect(result).toMatchObject({ exitCode: 0, timedOut: false });
    expect(isProcessAlive(Number(/started (\d+)\./.exec(result.outputTail)?.[1]))).toBe(false);
  });
});
